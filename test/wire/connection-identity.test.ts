// A14, A15: NTLM and Negotiate say who calls once, for a connection. If two clients ever met on one connection to a destination, one would
// be answered as the other.
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { KeptClient, type KeptReply } from '../helpers/kept-client.ts';
import { listen } from '../helpers/listen.ts';
import { ntlmUpstream, type NtlmUpstream } from '../helpers/ntlm-upstream.ts';
import { action, envelope, getOrder, namespace } from '../helpers/soap-post.ts';

const answer = envelope(`<GetOrderResponse xmlns="${namespace}"/>`);
const either = (user: string, { url }: IncomingMessage) =>
  /svc/i.test(url ?? '') ? { type: 'text/xml', text: answer } : { type: 'text/plain', text: `for ${user}` };

interface Rig {
  readonly legacy: NtlmUpstream;
  /** Knows its callers in the same way. */
  readonly modern: NtlmUpstream;
  /** Of JSON; legacy has to answer for it, always. */
  readonly json: { asked: number; credentials: number };
  readonly gateway: RunningGateway;
  readonly port: number;
  readonly file: (weight: number) => string;
}

const rig = async (t: ExecutionContext, options: { weight?: number; gateway?: string } = {}): Promise<Rig> => {
  const [legacy, modern] = [await ntlmUpstream(t, either), await ntlmUpstream(t, either)];
  const json = { asked: 0, credentials: 0 };
  const jsonUrl = await listen(t, (req, res) => {
    json.asked++;
    if (req.headers.authorization !== undefined) json.credentials++;
    req.resume();
    res.writeHead(json.asked % 3 === 0 ? 503 : 200, { 'content-type': 'application/json' });
    res.end('{}');
  });
  const file = (weight: number) => `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  plain: { adapter: http, url: '${legacy.url}' }
  young: { adapter: http, url: '${modern.url}' }
  json: { adapter: http, url: '${jsonUrl}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: json
    decisionHeader: true
    cohort: { header: X-Client-Id }
    operations: { GetOrder: { effect: read, weight: ${weight} } }
  both:
    match: { path: /both/** }
    legacy: plain
    modern: young
    identity: forward
    decisionHeader: true
    cohort: { header: X-Client-Id }
    effect: read
    weight: ${weight}
  carried:
    match: { path: /carried/** }
    legacy: plain
`;
  const gateway = await startGateway(t, file(options.weight ?? 25), options);
  return { legacy, modern, json, gateway, port: Number(new URL(gateway.url).port), file };
};

const soap = { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: action('GetOrder') };
const orders = (client: KeptClient, headers: Readonly<Record<string, string>>) =>
  client.ask('POST /OrderService.svc', { ...soap, ...headers }, getOrder(1));

/** Both messages, as a client does that was asked for them. */
const greet = async (client: KeptClient, user: string, line: string, scheme = 'NTLM'): Promise<KeptReply | null> => {
  const headers = { 'X-Caller': user, 'X-Client-Id': user };
  const first = await client.ask(line, { ...headers, Authorization: `${scheme} 1:${user}` });
  if (first?.status !== 401 || !first.head.includes(`${scheme} 2:${user}`)) return first;
  return client.ask(line, { ...headers, Authorization: `${scheme} 3:${user}` });
};

const targets = ['/both/a', '/carried/a', 'soap'] as const;
const call = (client: KeptClient, caller: string, n: number): Promise<KeptReply | null> => {
  const headers = { 'X-Caller': caller, 'X-Client-Id': `${caller}${caller === 'nobody' ? n : ''}` };
  const target = targets[n % targets.length]!;
  return target === 'soap' ? orders(client, headers) : client.ask(`GET ${target}`, headers);
};

interface Ran {
  calls: number;
  /** Times a client had to say anew who it is. */
  greeted: number;
  readonly sides: Set<string>;
}

/** `calls` in all by `callers`, each on a connection of its own, made anew after every `stay` calls. */
const run = async (
  port: number,
  { callers, calls, stay }: { callers: readonly string[]; calls: number; stay: number },
): Promise<Ran> => {
  const ran: Ran = { calls: 0, greeted: 0, sides: new Set() };
  const one = async (caller: string, index: number): Promise<void> => {
    const target = targets[index % targets.length]!;
    const line = target === 'soap' ? 'POST /OrderService.svc' : `GET ${target}`;
    while (ran.calls < calls) {
      const client = new KeptClient(port);
      let isKnown = caller === 'nobody';
      for (let n = 0; n < stay && !client.isOver; n++) {
        ran.calls++;
        if (!isKnown) {
          ran.greeted++;
          isKnown = (await greet(client, caller, line, index % 2 === 0 ? 'NTLM' : 'Negotiate'))?.status === 200;
          continue;
        }
        const reply = await call(client, caller, caller === 'nobody' ? ran.calls : index);
        if (reply?.status === 401) isKnown = false;
        const side = /side=(\w+)/.exec(reply?.head ?? '')?.[1];
        if (side !== undefined && caller !== 'nobody') ran.sides.add(`${target} ${side}`);
      }
      client.end();
    }
  };
  await Promise.all(callers.map(one));
  return ran;
};

const everybody = [
  ...Array.from({ length: 12 }, (_, i) => `user${i}`),
  ...Array.from({ length: 6 }, (_, i) => `user${i}`), // twice there, from two connections
  ...Array.from({ length: 6 }, () => 'nobody'),
];

test('10,000 calls of many identities and of nobody: never two on one connection, never nobody on somebody’s', async (t) => {
  const { legacy, modern, json, port } = await rig(t, { weight: 50 });
  const ran = await run(port, { callers: everybody, calls: 10_000, stay: 25 });
  t.deepEqual([...legacy.wrong, ...modern.wrong].slice(0, 5), []);
  t.is(json.credentials, 0);
  for (const { answered } of [legacy, modern]) {
    t.is(answered.asked, 0, 'who was known was asked again');
    t.true(answered.known > 500 && answered.anonymous > 100, JSON.stringify(answered));
  }
  t.true(ran.calls >= 10_000);
  t.deepEqual([...ran.sides].toSorted(), ['/both/a legacy', '/both/a modern', 'soap legacy']);
  await eventually(() => legacy.known() === 0 && modern.known() === 0);
});
