// The golden rule of a relay: what real clients put on the wire reaches the destination as they put it there. Recorded with
// test/recorded/record.ts, sent again here by a bare socket, which waits for `100 Continue` where the client did.
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { baskets, catalog } from '../helpers/catalog.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { requestIn, type RecordedRequest } from '../helpers/recorder.ts';

interface Recording {
  readonly client: string;
  readonly connections: readonly (readonly RecordedRequest[])[];
}
const folder = join(import.meta.dirname, '../recorded');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const recording = (name: string, host: string): Recording =>
  JSON.parse(readFileSync(join(folder, name), 'utf8').replaceAll('{host}', host)) as Recording;

/** Answers each request with an empty 200, and `Expect` with a 100; keeps the requests in the order in which they came. */
const recording200 = async (t: Pick<ExecutionContext, 'teardown'>) => {
  const requests: RecordedRequest[] = [];
  const states: { at: number; continued: boolean }[] = [];
  const { port } = await rawUpstream(t, (socket, soFar, index) => {
    const state = (states[index] ??= { at: 0, continued: false });
    const rest = Buffer.from(soFar, 'latin1').subarray(state.at);
    const found = requestIn(rest);
    if (found !== null) {
      requests.push(found.request);
      state.at += found.length;
      state.continued = false;
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 0\r\n\r\n');
    } else if (!state.continued && /\r\nexpect: 100-continue\r\n[^]*\r\n\r\n$/i.test(rest.toString('latin1'))) {
      state.continued = true;
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    }
  });
  return { port, requests };
};

/** Resolves once a whole answer without a body has come, with all that came; `wanted` is its status. */
const answer = (socket: Socket, wanted: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let got = '';
    const look = (bytes: Buffer): void => {
      got += bytes.toString('latin1');
      if (!new RegExp(`HTTP/1\\.1 ${wanted} [^]*\r\n\r\n`).test(got)) return;
      socket.off('data', look);
      resolve(got);
    };
    socket.on('data', look);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed after ${got}`)));
  });

const expects = ({ headers }: RecordedRequest): boolean => headers.some(([name]) => name.toLowerCase() === 'expect');

const replay = async (t: ExecutionContext, { connections }: Recording, host: string): Promise<void> => {
  for (const requests of connections) {
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    t.teardown(() => socket.destroy());
    for (const request of requests) {
      const head = [request.line, ...request.headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
      if (expects(request)) {
        const proceed = answer(socket, 100);
        socket.write(`${head}\r\n\r\n`);
        await proceed;
        const reply = answer(socket, 200);
        socket.write(request.body);
        await reply;
      } else {
        const reply = answer(socket, 200);
        socket.write(`${head}\r\n\r\n${request.body}`);
        await reply;
      }
    }
    socket.destroy();
  }
};

const added = /^(via|connection|traceparent)$/i;
/** All but what belongs to one connection, and what the gateway adds where the file says nothing more. */
const lasting = ({ headers }: RecordedRequest, dropped: RegExp): RecordedRequest['headers'] =>
  headers.filter(([name]) => !added.test(name) && !dropped.test(name));

const operations = {
  catalog: ['Find', 'GetTexts', 'EchoTexts', 'Price', 'Tell'],
  baskets: ['GetBasket', 'EchoBasket', 'Count', 'Tell'],
};
const routes = (upstream: number, weight: number): string => {
  const route = (name: keyof typeof operations, path: string): string => `
  r${path.replaceAll(/\W/g, '')}:
    match: { path: ${path} }
    protocol: soap
    legacy: old-${name}
    modern: new-${name}
    cohort: ip
    operations:
${operations[name].map((operation) => `      ${operation}: { effect: read, weight: ${weight} }`).join('\n')}`;
  return `
destinations:
  old-catalog: { adapter: soap, url: 'http://127.0.0.1:${upstream}', wsdl: '${catalog.wsdl}' }
  new-catalog: { adapter: handler, module: '${catalog.handlers}' }
  old-baskets: { adapter: soap, url: 'http://127.0.0.1:${upstream}', wsdl: '${baskets.wsdl}' }
  new-baskets: { adapter: handler, module: '${baskets.handlers}' }
routes:${Object.values(catalog.paths)
    .map((path) => route('catalog', path))
    .join('')}${route('baskets', baskets.paths.soap11)}`;
};

interface Rig {
  readonly requests: readonly RecordedRequest[];
  readonly host: string;
}
const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});
const rigs = new Map<number, Promise<Rig>>();
const rigOf = (weight: number): Promise<Rig> => {
  const made = rigs.get(weight) ?? makeRig(weight);
  rigs.set(weight, made);
  return made;
};
const makeRig = async (weight: number): Promise<Rig> => {
  const { port, requests } = await recording200(whole);
  const gateway = await gatewayHere(whole, routes(port, weight));
  return { requests, host: new URL(gateway.url).host };
};

/** With a share of the clients on modern, though not this one, the gateway reads the body before it decides. */
const crosses = test.macro({
  async exec(t, name: string, weight: number) {
    const { requests, host } = await rigOf(weight);
    const before = requests.length;
    const recorded = recording(name, host);
    await replay(t, recorded, host);
    const sent = recorded.connections.flat();
    const arrived = requests.slice(before);
    t.is(arrived.length, sent.length);
    // Who has looked has also said `100 Continue`: nobody is to wait for it again.
    const dropped = weight > 0 ? /^expect$/i : /^$/;
    for (const [index, request] of sent.entries()) {
      const got = arrived[index]!;
      t.is(got.line, request.line);
      t.deepEqual(lasting(got, /^$/), lasting(request, dropped));
      t.is(got.body, request.body);
    }
  },
  title: (_, name: string, weight: number) =>
    `${name.replace('.json', '')}: all requests arrive as they were sent${weight > 0 ? ', also when the gateway has looked into them' : ''}`,
});
for (const name of names) {
  test.serial(crosses, name, 0);
  test.serial(crosses, name, 0.01);
}
