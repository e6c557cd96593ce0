// The admin API of a running gateway, as the commands see it.
import { CommandError, exitCode } from './exit.ts';
import type { ProblemDetails } from '../admin/shapes.ts';

export interface AdminOptions {
  /** Else `$STRANGLER_ADMIN`, else http://127.0.0.1:9090. */
  readonly admin?: string | undefined;
  /** Else `$STRANGLER_TOKEN`. */
  readonly token?: string | undefined;
}

/** `ok: false`: the gateway answered with an RFC 9457 problem. */
export type Answered =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly problem: ProblemDetails };

export interface Client {
  get(path: string): Promise<Answered>;
  post(path: string, body: unknown): Promise<Answered>;
}

const patience = 10_000;

/** `env` gives what the options leave out. CommandError where nobody answers, or not as a gateway would. */
export const client = (options: AdminOptions, env: NodeJS.ProcessEnv = process.env): Client => {
  const origin = originOf(options.admin ?? env['STRANGLER_ADMIN'] ?? 'http://127.0.0.1:9090');
  const token = options.token ?? env['STRANGLER_TOKEN'];
  const ask = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const response = await reach(origin, () =>
      fetch(new URL(path, origin), {
        method,
        signal: AbortSignal.timeout(patience),
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return read(origin, response);
  };
  return { get: (path) => ask('GET', path), post: (path, body) => ask('POST', path, body) };
};

const originOf = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new CommandError(exitCode.mistake, `--admin is '${text}'; expected a URL such as http://127.0.0.1:9090`);
  return new URL(text).href;
};

const reach = async (origin: string, ask: () => Promise<Response>): Promise<Response> => {
  try {
    return await ask();
  } catch (error) {
    const { name, cause } = error as Error;
    const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
    throw new CommandError(
      exitCode.unreachable,
      `no gateway answers at ${origin} (${code}); is it running? See --admin and $STRANGLER_ADMIN`,
    );
  }
};

const read = async (origin: string, response: Response): Promise<Answered> => {
  const json: unknown = await response.json().catch(() => null);
  if (response.ok && json !== null) return { ok: true, json };
  if (typeof json !== 'object' || json === null || !('detail' in json))
    throw new CommandError(exitCode.unreachable, `what answers at ${origin} is no strangler (HTTP ${response.status})`);
  const problem = json as ProblemDetails;
  if (response.status === 401 || response.status === 403)
    throw new CommandError(exitCode.unreachable, `the gateway at ${origin} refuses: ${problem.detail}`);
  return { ok: false, problem };
};
