// A Redis of a test's own: it can be frozen, killed, and come back empty on the same port.
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import type { ExecutionContext } from 'ava';
import { component } from './components.ts';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Its clients wait, and are told nothing. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  /** After `kill`: with nothing in it. */
  start(): Promise<void>;
}

export const redisServer = async (
  t: Pick<ExecutionContext, 'teardown'>,
  more: readonly string[] = [],
  /** In place of what keeps a server from the disk. */
  first: readonly string[] = ['--save', '', '--appendonly', 'no'],
): Promise<RedisServer> => {
  const program = component('redis')!;
  const port = await freePort();
  let child: ChildProcess | null = null;
  let ended: Promise<unknown> = Promise.resolve();
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    await ended;
    child = null;
  };
  const start = async (): Promise<void> => {
    const args = [...first, '--port', String(port), '--bind', '127.0.0.1', ...more];
    child = spawn(program, args, { stdio: 'ignore', cwd: '/tmp' });
    ended = new Promise((resolve) => child?.once('exit', resolve));
    await reached(port);
  };
  t.teardown(kill);
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill,
    start,
  };
};

const reached = async (port: number): Promise<void> => {
  for (let tries = 0; tries < 500; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
      const end = (is: boolean): void => {
        socket.destroy();
        resolve(is);
      };
      socket.once('data', (bytes) => end(/^(\+PONG|-NOAUTH)/.test(bytes.toString())));
      socket.once('error', () => end(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('redis-server does not answer');
};
