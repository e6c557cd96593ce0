// The gateway in the thread of its test, over real sockets all the same: for what asks nothing of a process, a tenth of its cost.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { formatProblem } from '../../gateway/config/problem.ts';
import { start } from '../../gateway/main.ts';
import { RefusedFile } from '../../gateway/config/refused-file.ts';
import { envOf, gatewayAt, layOut, type Gateway, type GatewaySetup } from './gateway.ts';

export interface HereSetup extends Omit<GatewaySetup, 'args'> {
  /** In the gateway's folder. */
  readonly killFile?: string;
}
export interface GatewayHere extends Gateway {
  /** What SIGTERM begins; resolves when the gateway has ended. */
  stop(): Promise<void>;
}

/** As `startGateway`; the end of the test is the end of its connections, whatever is under way there. */
export const gatewayHere = async (
  t: Pick<ExecutionContext, 'teardown'>,
  yaml: string | null,
  options: HereSetup = {},
): Promise<GatewayHere> => {
  const laid = await layOut(yaml, options);
  const log = join(laid.folder, 'log.jsonl');
  t.teardown(() => rm(laid.folder, { recursive: true, force: true }));
  // One listener for the end of the process comes with every gateway; a test file may have many.
  process.setMaxListeners(0);
  const killFile = options.killFile === undefined ? null : join(laid.folder, options.killFile);
  const gateway = await start({ files: [laid.file], env: envOf(options), killFile, logTo: log }).catch(told);
  const { listen, admin } = gateway.addresses;
  const hangUp = connectionsOf([listen, admin]);
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= gateway.stop());
  t.teardown(async () => {
    const stopped = stop();
    hangUp();
    await stopped;
  });
  return { ...gatewayAt({ listen, admin: `http://${admin}` }, laid, () => readFileSync(log, 'utf8')), stop };
};

/** What `strangler serve` would print. */
const told = (error: unknown): never => {
  if (error instanceof RefusedFile) throw new Error(error.problems.map(formatProblem).join('\n'), { cause: error });
  throw error;
};

/** Follows who connects to these listeners, `host:port`; the answer ends their connections. */
const connectionsOf = (listeners: readonly string[]): (() => void) => {
  const ports = new Set(listeners.map((at) => Number(at.slice(at.lastIndexOf(':') + 1))));
  const open = new Set<Socket>();
  const opened = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    if (!ports.has(socket.localPort ?? 0)) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  subscribe('net.server.socket', opened);
  return () => {
    unsubscribe('net.server.socket', opened);
    for (const socket of open) socket.destroy();
  };
};
