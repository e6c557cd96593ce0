// Clients that come over TLS, and what a client certificate is good for.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request, type AgentOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { authority, type Authority, type Certificate } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';

const secured = where(test, 'openssl');

const folderOf = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-tls-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly protocol: string | null;
  readonly resumed: boolean;
}

const get = (gateway: Gateway, agent: Agent, path = '/items/7'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const port = new URL(gateway.url).port;
    const asked = request({ host: '127.0.0.1', port, path, agent, servername: 'localhost' }, (reply) => {
      let text = '';
      const socket = reply.socket as TLSSocket;
      const [protocol, resumed] = [socket.getProtocol(), socket.isSessionReused()];
      reply.on('data', (bytes: Buffer) => (text += bytes.toString()));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text, protocol, resumed }));
    });
    asked.on('error', reject);
    asked.end();
  });

const agentFor = async (
  t: ExecutionContext,
  ca: Authority,
  who: Certificate | null,
  more: AgentOptions = {},
): Promise<Agent> => {
  const identity = who === null ? {} : { cert: await readFile(who.cert), key: await readFile(who.key) };
  const agent = new Agent({ ca: ca.pem, keepAlive: false, ...identity, ...more });
  t.teardown(() => agent.destroy());
  return agent;
};

const split = async (t: ExecutionContext, cohort: string): Promise<string> => {
  const [old, young] = [
    await listen(t, (_req, res) => res.end('legacy')),
    await listen(t, (_req, res) => res.end('modern')),
  ];
  return `
destinations:
  old: { adapter: http, url: '${old}' }
  young: { adapter: http, url: '${young}' }
routes:
  items: { match: { path: /items/** }, legacy: old, modern: young, cohort: ${cohort}, weight: 50, decisionHeader: true }
`;
};

secured('clients come in over TLS, with the certificate of the file; plain HTTP does not', async (t) => {
  const folder = await folderOf(t);
  const ca = await authority(folder, 'authority');
  const own = await ca.issue('localhost');
  const gateway = await gatewayHere(t, await split(t, 'ip'), {
    gateway: `tls: { cert: '${own.cert}', key: '${own.key}' }`,
  });
  const answer = await get(gateway, await agentFor(t, ca, null));
  t.is(answer.status, 200);
  t.regex(answer.protocol ?? '', /^TLSv1\.[23]$/);
  await t.throwsAsync(fetch(`${gateway.url}/items/7`));
  const other = await authority(folder, 'stranger');
  await t.throwsAsync(get(gateway, await agentFor(t, other, null)), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  t.is((await fetch(`${gateway.admin}/healthz`)).status, 200);
});

secured(
  'a client certificate keeps its client on one side, over connections, resumed sessions and TLS 1.2',
  async (t) => {
    const folder = await folderOf(t);
    const ca = await authority(folder, 'authority');
    const own = await ca.issue('localhost');
    const gateway = await gatewayHere(t, await split(t, 'clientCertificate'), {
      gateway: `tls: { cert: '${own.cert}', key: '${own.key}', clientCa: '${ca.cert}' }`,
    });
    const sides = new Map<string, Certificate>();
    let resumptions = 0;
    for (let n = 0; sides.size < 2 && n < 24; n++) {
      const client = await ca.issue(`client-${n}`);
      const plain = await agentFor(t, ca, client, { maxCachedSessions: 0 });
      const side = (await get(gateway, plain)).text;
      sides.set(side, client);
      const resuming = await agentFor(t, ca, client);
      const older = await agentFor(t, ca, client, { maxVersion: 'TLSv1.2' });
      for (const agent of [plain, resuming, older, plain, resuming, older]) {
        const again = await get(gateway, agent);
        if (again.resumed) resumptions++;
        t.is(again.text, side);
      }
    }
    t.deepEqual([...sides.keys()].toSorted(), ['legacy', 'modern']);
    t.true(resumptions > 0);
    t.is(await gateway.metric('strangler_cohort_missing_total'), 0);
  },
);

secured('a certificate that nobody vouches for is no cohort, and its client is still served', async (t) => {
  const folder = await folderOf(t);
  const ca = await authority(folder, 'authority');
  const own = await ca.issue('localhost');
  const stranger = await (await authority(folder, 'stranger')).issue('impostor');
  const gateway = await gatewayHere(t, await split(t, 'clientCertificate'), {
    gateway: `tls: { cert: '${own.cert}', key: '${own.key}', clientCa: '${ca.cert}' }`,
  });
  for (const who of [stranger, null]) t.is((await get(gateway, await agentFor(t, ca, who))).status, 200);
  t.is(await gateway.metric('strangler_cohort_missing_total'), 2);
});
