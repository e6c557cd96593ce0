// `strangler serve`: runs until SIGTERM or SIGINT. SIGHUP reads the file again; SIGUSR2 sends all to legacy, and back.
import { formatProblem } from '../../config/problem.ts';
import { CertificateError } from '../../front/certificates.ts';
import { start } from '../../main.ts';
import { ListenError } from '../../lib/listen-error.ts';
import { RefusedFile } from '../../config/refused-file.ts';

export interface ServeOptions {
  readonly config: readonly string[];
  readonly killFile: string | null;
}

/** Exit code: 0 after a drain, 1 for a file or a certificate that is refused, or an address that cannot be listened on. */
export const serve = async (options: ServeOptions): Promise<number> => {
  // Before anything else: a signal without a listener ends the process, with no drain.
  const told = ended();
  const starting = start({ files: options.config, env: process.env, killFile: options.killFile });
  const refused = () => undefined; // told below
  process.on('SIGUSR2', () => void starting.then((gateway) => gateway.toggleKill(), refused));
  process.on('SIGHUP', () => void starting.then((gateway) => gateway.reread(), refused));
  try {
    const gateway = await starting;
    const { listen, admin } = gateway.addresses;
    process.stderr.write(`strangler: clients on ${listen}, admin on http://${admin}/\n`);
    if (gateway.token.made)
      process.stderr.write(`strangler: token for changes (none in $STRANGLER_TOKEN): ${gateway.token.value}\n`);
    await told;
    await gateway.stop();
    return 0;
  } catch (error) {
    if (error instanceof RefusedFile)
      for (const problem of error.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    else if (error instanceof CertificateError) process.stderr.write(`strangler: gateway.tls: ${error.message}\n`);
    else if (error instanceof ListenError) process.stderr.write(`strangler: ${error.message}\n`);
    else throw error;
    return 1;
  }
};

const ended = (): Promise<void> =>
  new Promise((resolve) => {
    // Whoever ends a whole group of processes tells us, and our launcher, which tells us again: that is no impatience.
    process.on('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve()); // a second one ends it at once
    if (['exec', 'start'].includes(process.env['npm_command'] ?? '')) onOrphaned(resolve);
  });

/**
 * `npx strangler` and `npm start` put a shell between. A SIGTERM to them ends that shell, which tells nobody: we would serve on, on a port
 * that whoever ended us takes for free.
 */
const onOrphaned = (then: () => void): void => {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 250).unref();
};
