// Files are the whole process's: what uses them up is a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import test from 'ava';
import { outOfFiles } from './out-of-files.ts';

const source = (port: number): string => `
import { closeSync, openSync } from 'node:fs';
import { httpDestination } from ${JSON.stringify(new URL('../http/destination.ts', import.meta.url).href)};
import { CallDeadline } from ${JSON.stringify(new URL('deadline.ts', import.meta.url).href)};
import { noBody } from ${JSON.stringify(new URL('bytes.ts', import.meta.url).href)};
const [told, changes, codes] = [[], [], []];
const urls = ['http://127.0.0.1:${port}/a', 'http://127.0.0.1:${port}/b'];
const there = await httpDestination('modern', {
  adapter: 'http', url: urls[0], urls, connectTimeout: 1000, timeout: 1000, keepAlive: false,
}, (what) => told.push(what));
there.health.start((change) => changes.push(change));
const mount = { path: '', iis: false };
const send = there.relay(mount, { write: false, headers: null, whence: { trusts: () => false, cameIn: () => null } });
const head = { method: 'GET', target: '/', http: '1.1', raw: ['Host', 'x'] };
const ask = async () => {
  const client = { address: '', secure: false, certificate: () => null };
  const call = { head, body: noBody(), client, expects: null, message: null, header: () => null };
  try {
    const reply = await send(call, new CallDeadline(performance.now() + 5000));
    await new Promise((resolve) => { reply.over(resolve); reply.discard(); });
    codes.push(reply.head.status);
  } catch (error) {
    codes.push([error.code, error.reason, error.reached].join(' '));
  }
};
const taken = [];
try {
  for (;;) taken.push(openSync('/dev/null'));
} catch {}
for (let n = 0; n < 6; n += 1) await ask();
for (const file of taken) closeSync(file);
await ask();
console.log(JSON.stringify({ told, changes, codes }));
process.exit(0);
`;

interface Seen {
  readonly told: readonly string[];
  readonly changes: readonly unknown[];
  readonly codes: readonly (string | number)[];
}

test('where no file descriptor is left it is told once, and no url is left out for it', async (t) => {
  const server = createServer((_, res) => void res.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const child = spawn(
    'sh',
    ['-c', 'ulimit -n 60; exec "$0" --input-type=module -e "$1"', process.execPath, source(port)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [seen] = await Promise.all([json(child.stdout) as Promise<Seen>, once(child, 'exit')]);
  t.deepEqual(seen.codes, [...Array.from({ length: 6 }, () => 'ERR_FILES connect nothing'), 200]);
  t.deepEqual(seen.changes, []);
  t.is(seen.told.length, 1);
  t.regex(seen.told[0]!, /no file descriptor left .*ulimit -n/);
});

test('it is told again after a minute', (t) => {
  let now = 0;
  const told: string[] = [];
  const lacking = outOfFiles(
    (what) => told.push(what),
    () => now,
  );
  for (const at of [0, 59_999, 60_000, 60_001]) {
    now = at;
    lacking();
  }
  t.is(told.length, 2);
});
