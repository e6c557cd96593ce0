// A14, A15: NTLM and Negotiate say who calls once, for a connection. If two clients ever met on one connection to a destination, one would
// be answered as the other.
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere, type GatewayHere } from '../helpers/gateway-here.ts';
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
  readonly gateway: GatewayHere;
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
  next:
    match: { path: /next/** }
    legacy: plain
    modern: young
    identity: forward
    decisionHeader: true
    cohort: { header: X-Client-Id }
    effect: read
    weight: 0.01
  carried:
    match: { path: /carried/** }
    legacy: plain
`;
  const gateway = await gatewayHere(t, file(options.weight ?? 25), options);
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
  ran: Ran = { calls: 0, greeted: 0, sides: new Set() },
): Promise<Ran> => {
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

test('nor while weights flip, connections end, and the gateway drains', async (t) => {
  const { legacy, modern, json, gateway, port, file } = await rig(t, { weight: 25, gateway: 'drain: 3s' });
  const ran: Ran = { calls: 0, greeted: 0, sides: new Set() };
  const running = run(port, { callers: everybody, calls: 3000, stay: 40 }, ran);
  for (const [n, weight] of [100, 25, 0, 25].entries()) {
    await eventually(() => ran.calls >= (n + 1) * 500, 20_000);
    await gateway.save(file(weight));
    legacy.drop('user1');
    modern.drop('user2');
  }
  await eventually(() => ran.calls >= 2500, 20_000);
  await Promise.all([running, gateway.stop()]);
  t.deepEqual([...legacy.wrong, ...modern.wrong].slice(0, 5), []);
  t.is(json.credentials, 0);
  t.true(legacy.answered.known > 100 && modern.answered.known > 10, JSON.stringify([legacy.answered, modern.answered]));
});

test('who began on one side stays there, until that side has no weight left', async (t) => {
  const { legacy, modern, gateway, port, file } = await rig(t, { weight: 100 });
  const client = new KeptClient(port);
  t.teardown(() => client.end());
  const revision = async (weight: number) => {
    const before = await gateway.metric('strangler_config_revision');
    await gateway.save(file(weight));
    await eventually(async () => (await gateway.metric('strangler_config_revision')) > before);
  };
  const went = async () => {
    const reply = await client.ask('GET /both/a', { 'X-Caller': 'anna', 'X-Client-Id': 'anna' });
    return /side=(\w+); reason=(\w+)/
      .exec(reply?.head ?? '')
      ?.slice(1)
      .join(' ');
  };
  t.is((await greet(client, 'anna', 'GET /both/a'))?.status, 200);
  t.is(await went(), 'modern connection');
  await revision(0.01);
  t.is(await went(), 'modern connection');
  await revision(0);
  t.is(await went(), 'legacy weight');
  t.deepEqual([...legacy.wrong, ...modern.wrong], []);
  t.is(legacy.answered.asked, 1, 'legacy has not met this client yet');
});

test('one route’s side moves no other route’s calls on the same connection', async (t) => {
  const { legacy, modern, port } = await rig(t, { weight: 100 });
  const client = new KeptClient(port);
  t.teardown(() => client.end());
  const headers = { 'X-Caller': 'anna', 'X-Client-Id': 'anna' };
  t.regex((await greet(client, 'anna', 'GET /both/a'))?.head ?? '', /side=modern/);
  const next = await greet(client, 'anna', 'GET /next/a');
  t.is(next?.status, 200);
  t.regex(next?.head ?? '', /side=legacy; reason=connection/);
  t.regex((await client.ask('GET /both/a', headers))?.head ?? '', /side=modern; reason=connection/);
  t.deepEqual([...legacy.wrong, ...modern.wrong], []);
});

test('a handshake under way ends where it began, whatever the weight is by then', async (t) => {
  const { legacy, modern, gateway, port, file } = await rig(t, { weight: 100 });
  const client = new KeptClient(port);
  t.teardown(() => client.end());
  const headers = { 'X-Caller': 'anna', 'X-Client-Id': 'anna' };
  t.is((await client.ask('GET /both/a', { ...headers, Authorization: 'NTLM 1:anna' }))?.status, 401);
  const before = await gateway.metric('strangler_config_revision');
  await gateway.save(file(0));
  await eventually(async () => (await gateway.metric('strangler_config_revision')) > before);
  const known = await client.ask('GET /both/a', { ...headers, Authorization: 'NTLM 3:anna' });
  t.is(known?.status, 200);
  t.regex(known?.head ?? '', /side=modern; reason=connection/);
  t.regex((await client.ask('GET /both/a', headers))?.head ?? '', /side=legacy/);
  t.deepEqual([...legacy.wrong, ...modern.wrong], []);
});

test('who is known to modern is not asked for at legacy as nobody: the error, and a connection to begin anew', async (t) => {
  const { legacy, modern, port } = await rig(t, { weight: 100 });
  const client = new KeptClient(port);
  t.teardown(() => client.end());
  t.is((await greet(client, 'anna', 'GET /both/a'))?.status, 200);
  const reply = await client.ask('GET /both/dying', { 'X-Caller': 'anna', 'X-Client-Id': 'anna' });
  t.is(reply?.status, 502);
  await client.closed;
  t.is(modern.died, 1);
  t.deepEqual(legacy.answered, { known: 0, anonymous: 0, asked: 0 });
});

test('what is translated and has identity: ignore goes to modern, whoever calls', async (t) => {
  const { legacy, json, gateway, port, file } = await rig(t, { weight: 100 });
  await gateway.save(file(100).replace('{ effect: read,', '{ effect: read, fallback: off, identity: ignore,'));
  await eventually(async () => {
    const client = new KeptClient(port);
    await greet(client, 'anna', 'POST /OrderService.svc');
    const reply = await orders(client, { 'X-Caller': 'anna', 'X-Client-Id': 'anna' });
    client.end();
    return /side=modern/.test(reply?.head ?? '');
  });
  t.true(json.asked > 0);
  t.is(json.credentials, 0);
  t.deepEqual(legacy.wrong, []);
});

test('a WebSocket of a connection that says who calls is refused', async (t) => {
  const { gateway, port } = await rig(t);
  const client = new KeptClient(port);
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'x',
    'Sec-WebSocket-Version': '13',
  };
  const reply = await client.ask('GET /carried/ws', { ...upgrade, Authorization: 'NTLM 1:anna', 'X-Caller': 'anna' });
  t.is(reply?.status, 501);
  t.is(await gateway.metric('strangler_turned_away_total', { reason: 'upgrade' }), 1);
});
