// Server-sent events for the page: each event at once, and a picture of all operations twice a second while somebody watches.
import type { ServerResponse } from 'node:http';
import type { Source } from './source.ts';

export interface Stream {
  /** Takes over the response until the client leaves. False: too many watch already. */
  watch(response: ServerResponse): boolean;
  readonly watchers: number;
  /** Ends all of them. */
  close(): void;
}

/** Milliseconds between pictures. */
const beat = 500;
const maxWatchers = 64;
/** Bytes that may wait for one watcher; who reads so little is sent away, and the page comes back by itself. */
const maxWaiting = 4 * 1024 * 1024;

const message = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export const stream = (
  from: Pick<Source, 'status' | 'operations' | 'events'> & { readonly cache?: Pick<Source['cache'], 'size'> },
): Stream => {
  const watching = new Set<ServerResponse>();
  let running: { timer: NodeJS.Timeout; detach: () => void } | null = null;

  const picture = (): string =>
    message('operations', { status: from.status(), operations: from.operations(), cache: from.cache?.size() });

  const paint = (): void => {
    const text = picture();
    // A watcher that does not read misses pictures, so it cannot make us hold them.
    for (const response of watching) if (!response.writableNeedDrain) response.write(text);
  };
  const begin = (): void => {
    running ??= {
      timer: setInterval(paint, beat),
      detach: from.events.on((event) => {
        const text = message('event', event);
        for (const response of watching) {
          if (response.writableLength > maxWaiting) response.destroy();
          else response.write(text);
        }
        paint();
      }),
    };
  };
  const leave = (response: ServerResponse): void => {
    watching.delete(response);
    if (watching.size > 0 || running === null) return;
    clearInterval(running.timer);
    running.detach();
    running = null;
  };

  return {
    watch(response) {
      if (watching.size >= maxWatchers) return false;
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no', // a balancer in between must not collect it
      });
      response.on('close', () => leave(response));
      watching.add(response);
      begin();
      response.write(`retry: 1000\n\n${message('events', from.events.latest())}${picture()}`);
      return true;
    },
    get watchers() {
      return watching.size;
    },
    close() {
      for (const response of watching) {
        response.end();
        leave(response);
      }
    },
  };
};
