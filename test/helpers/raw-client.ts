// A client on a bare socket: sends exact bytes, and gives exact bytes back.
import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface RawClient {
  readonly socket: Socket;
  send(bytes: string): void;
  /** Resolves with all that came once `enough` says so, or once the other side has ended. */
  until(enough: (soFar: string) => boolean): Promise<string>;
  readonly ended: boolean;
}

export const rawClient = (t: ExecutionContext, port: number): RawClient => {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  let ended = false;
  let check = (): void => undefined;
  socket.on('data', (bytes) => {
    got += bytes.toString('latin1');
    check();
  });
  const over = () => {
    ended = true;
    check();
  };
  socket.on('close', over);
  socket.on('error', over);
  t.teardown(() => socket.destroy());
  return {
    socket,
    get ended() {
      return ended;
    },
    send: (bytes) => void socket.write(bytes, 'latin1'),
    until: (enough) =>
      new Promise((resolve) => {
        check = () => {
          if (enough(got) || ended) resolve(got);
        };
        check();
      }),
  };
};
