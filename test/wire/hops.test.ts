// What counts the intermediaries between a client and its service: Via and Max-Forwards (RFC 9110 §7.6).
import { header, reply, request } from './messages.ts';
import { rows } from './rig.ts';

const { row } = rows();
const on = ['proxy', 'relay'] as const;

row(
  'a call that has come by too often is a loop, and goes no further',
  async ({ t, kind, wire }) => {
    const before = wire.asked.length;
    const via = Array.from({ length: 11 }, () => '1.1 strangler').join(', ');
    const client = wire.client(t);
    client.send(request({ target: `/${kind}/a`, lines: [`Via: ${via}`] }));
    const text = await client.until((soFar) => soFar.includes('\r\n\r\n'));
    t.regex(text, kind === 'proxy' ? /^HTTP\/1\.1 508 / : /^HTTP\/1\.1 500 /);
    t.is(wire.asked.length, before);
  },
  on,
);

row(
  'a chain of gateways is none, nor is another of a name like ours',
  async ({ t, kind, exchange }) => {
    const via = `1.1 strangler, ${Array.from({ length: 20 }, () => '1.1 stranglers').join(', ')}`;
    const { up } = await exchange(request({ target: `/${kind}/a`, lines: [`Via: ${via}`] }), { reply: reply('') });
    t.true(up.head.includes(via));
  },
  on,
);

row(
  'an OPTIONS that may pass two more may pass one more after this',
  async ({ t, kind, exchange }) => {
    const asked = request({ method: 'OPTIONS', target: `/${kind}/a`, lines: ['Max-Forwards: 2'], framing: 'none' });
    const { up } = await exchange(asked, { reply: reply('') });
    t.is(header(up.head, 'max-forwards'), '1');
  },
  on,
);

row(
  'an OPTIONS that may pass no more is answered here; of other methods the count says nothing',
  async ({ t, kind, wire, exchange }) => {
    const before = wire.asked.length;
    const client = wire.client(t);
    client.send(request({ method: 'OPTIONS', target: `/${kind}/a`, lines: ['Max-Forwards: 0'], framing: 'none' }));
    t.regex(await client.until((soFar) => soFar.includes('\r\n\r\n')), /^HTTP\/1\.1 204 /);
    t.is(wire.asked.length, before);
    const { up } = await exchange(request({ target: `/${kind}/a`, lines: ['Max-Forwards: 0'] }), { reply: reply('') });
    t.is(header(up.head, 'max-forwards'), '0');
  },
  on,
);
