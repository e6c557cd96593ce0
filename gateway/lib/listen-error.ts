// A listener that cannot be had is told by its key, with what to do: a start that fails is read by somebody in a hurry.

/** Its message names the key, the address, why, and what to do. */
export class ListenError extends Error {
  readonly code = 'ERR_LISTEN';
  constructor(key: string, { host, port }: { readonly host: string; readonly port: number }, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    super(
      `${key}: cannot listen on ${at}: ${whys[code] ?? (cause as Error).message}${code === '' ? '' : ` (${code})`}`,
      {
        cause,
      },
    );
    this.name = 'ListenError';
  }
}

const noSuch = 'this machine has no such address; expected one of its own, or 0.0.0.0 for all';
const whys: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already; end it, or name another port',
  EACCES: 'this user may not; expected a port from 1024 on, or CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: noSuch,
  EINVAL: noSuch,
  EAFNOSUPPORT: noSuch,
  ENOTFOUND: 'the name is not known; expected an address, or a name that resolves',
  EAI_AGAIN: 'the name cannot be looked up just now; expected an address, or a name that resolves',
};
