// A process that was started with --inspect=127.0.0.1:PORT, asked for a value of its own.

/** What `expression` is there, as JSON, right after all garbage was collected. */
export const evaluated = async <T>(port: number, expression: string): Promise<T> => {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  let last = 0;
  const command = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve) => {
      const id = (last += 1);
      const heard = ({ data }: MessageEvent): void => {
        const message = JSON.parse(String(data)) as { id?: number; result?: unknown };
        if (message.id !== id) return;
        socket.removeEventListener('message', heard);
        resolve(message.result);
      };
      socket.addEventListener('message', heard);
      socket.send(JSON.stringify({ id, method, params }));
    });
  try {
    for (let n = 0; n < 3; n += 1) await command('HeapProfiler.collectGarbage');
    const { result } = (await command('Runtime.evaluate', { expression: `JSON.stringify(${expression})` })) as {
      result: { value: string };
    };
    return JSON.parse(result.value) as T;
  } finally {
    socket.close();
  }
};
