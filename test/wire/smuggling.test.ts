// No request reaches an upstream that the gateway did not see and decide on (reliability R1): by relay, by proxy, and as SOAP.
import test from 'ava';
import { connect } from 'node:net';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { startGateway } from '../helpers/gateway.ts';
import { strictRequests, type SeenRequest } from '../helpers/strict-requests.ts';
import { framingCases } from './smuggled-framing.ts';
import { headCases } from './smuggled-heads.ts';
import type { SmugglingCase } from './smuggling-case.ts';

const smugglingCases = [...framingCases, ...headCases];

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Sends, and gives back all that came until the connection ended, or nothing more came. */
const exchange = (port: number, bytes: string, enough: RegExp): Promise<{ answer: string; closed: boolean }> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const done = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answer, closed });
    };
    // Only what waits for more bytes has no end of its own.
    let timer = setTimeout(() => done(false), 3000);
    socket.on('data', (piece) => {
      answer += piece.toString('latin1');
      if (!enough.test(answer)) return;
      clearTimeout(timer);
      timer = setTimeout(() => done(false), 20);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done(true));
    socket.write(bytes, 'latin1');
  });

const answers = (text: string): number => text.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0;

for (const [door, prefix] of [
  ['relay', '/relay'],
  ['proxy', '/proxy'],
  ['SOAP', '/soap'],
] as const) {
  test(`${smugglingCases.length} requests that attackers send reach the ${door} as one request or none`, async (t) => {
    const told: number[] = [];
    const upstream = await rawUpstream(t, (socket, soFar, index) => {
      const { whole } = strictRequests(soFar);
      for (let n = told[index] ?? 0; n < whole.length; n++) socket.write(ok);
      told[index] = whole.length;
    });
    const gateway = await startGateway(
      t,
      `
destinations: { up: { adapter: http, url: 'http://127.0.0.1:${upstream.port}', timeout: 1s } }
routes:
  relay: { match: { path: /relay/** }, legacy: up, decisionHeader: true }
  proxy: { match: { path: /proxy/** }, legacy: up }
  soap: { match: { path: /soap/** }, protocol: soap, paths: exact, legacy: up }
`,
    );
    const port = Number(new URL(gateway.url).port);
    const results = new Map<SmugglingCase, { answer: string; closed: boolean; id: string }>();
    const run = async (row: SmugglingCase, index: number) => {
      const id = `${prefix}/${index}-`;
      const enough = row.fate === 'twice' ? /\r\n\r\n[^]*HTTP\/1\.1 [^]*\r\n\r\n/ : /\r\n\r\n/;
      const bytes = row.bytes.replaceAll('{door}', id);
      const short = row.fate === 'refused or once' ? /^/ : enough;
      results.set(row, { ...(await exchange(port, bytes, short)), id });
    };
    const rows = smugglingCases.map((row, index) => [row, index] as const);
    for (let at = 0; at < rows.length; at += 8)
      await Promise.all(rows.slice(at, at + 8).map(([row, i]) => run(row, i)));

    const seen: SeenRequest[] = [];
    const rests: string[] = [];
    for (const connection of upstream.connections) {
      const { whole, rest } = strictRequests(connection);
      seen.push(...whole);
      rests.push(rest);
    }
    t.deepEqual(
      [...seen.map(({ target }) => target), ...rests].filter((text) => /^\/smuggled|^GET \/smuggled/.test(text)),
      [],
    );
    const wrong: string[] = [];
    for (const [row, { answer, closed, id }] of results) {
      const mine = seen.filter(({ target }) => target.startsWith(id));
      const is = (holds: boolean, what: string) => holds || wrong.push(`${row.title} ${what}: ${answer.slice(0, 200)}`);
      if (row.fate === 'refused') {
        is(mine.length === 0, 'was relayed');
        is(answers(answer) <= 1, 'was answered twice');
        is(!/^HTTP\/1\.1 [12]/.test(answer), 'was not refused');
        is(closed || /connection: close/i.test(answer), 'may go on');
      } else if (row.fate === 'refused or once') is(mine.length <= 1, 'was relayed more than once');
      else {
        is(mine.length === (row.fate === 'once' ? 1 : 2), `was relayed ${mine.length} times`);
        is(answer.startsWith('HTTP/1.1 200'), 'was not answered');
        is(row.body === undefined || mine[0]?.body === row.body, 'has another body');
      }
    }
    t.deepEqual(wrong, []);
    t.is((await fetch(`${gateway.url}/relay/alive`)).status, 200);
    t.is(await Promise.race([gateway.exited, Promise.resolve('alive')]), 'alive');
    t.false(gateway.lines().some(({ msg }) => msg === 'a bug of the gateway'));
  });
}
