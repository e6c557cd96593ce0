// A14: a service that has the head of a call knows enough to ask who it is from, and goes on with the handshake on that connection. .NET
// clients wait for a 100 before they send a body, and others are still sending theirs by then: neither may cost them the connection.
import { patience, rows } from './rig.ts';
import { eventually } from '../helpers/gateway.ts';

const { row } = rows();

const challenge = 'HTTP/1.1 401 Who\r\nWWW-Authenticate: NTLM 2\r\nContent-Length: 0\r\n\r\n';
const welcome = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome';
const call = (kind: string, message: 1 | 3, lines: string): string =>
  `POST /${kind}/a HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml\r\nAuthorization: NTLM ${message}\r\n${lines}\r\n`;

for (const length of [0, 5])
  row(
    `A14 a client that waits for a 100 before its ${length} bytes gets through its handshake`,
    async ({ t, kind, wire }) => {
      const before = wire.asked.length;
      const client = wire.client(t);
      wire.answer({ atHead: challenge });
      client.send(call(kind, 1, `Expect: 100-continue\r\nContent-Length: ${length}\r\n`));
      const met = await client.until((text) => text.includes('100 Continue') || text.includes('NTLM 2'));
      t.false(client.ended, met);
      client.send('x'.repeat(length));
      t.notRegex(
        await client.until((text) => text.endsWith('NTLM 2\r\nContent-Length: 0\r\n\r\n')),
        /Connection: close/,
      );
      await eventually(() => wire.asked[before]?.whole === true, patience);
      wire.answer({ reply: welcome });
      client.send(call(kind, 3, 'Content-Length: 0\r\n'));
      t.regex(await client.until((text) => text.endsWith('welcome')), /welcome$/);
      const [first, second] = wire.asked.slice(before);
      t.is(first!.body.length, length);
      t.is(second!.connection, first!.connection);
    },
  );

row(
  'A14 a body that is still on its way when the service asks who it is from goes there to its end',
  async ({ t, kind, wire }) => {
    const before = wire.asked.length;
    const client = wire.client(t);
    wire.answer({ atHead: challenge });
    client.send(call(kind, 1, 'Content-Length: 900000\r\n'));
    client.send('x'.repeat(600_000));
    t.notRegex(await client.until((text) => text.endsWith('\r\n\r\n')), /Connection: close/);
    client.send('x'.repeat(300_000));
    await eventually(() => wire.asked[before]?.whole === true, patience);
    wire.answer({ reply: welcome });
    client.send(call(kind, 3, 'Content-Length: 0\r\n'));
    t.regex(await client.until((text) => text.endsWith('welcome')), /welcome$/);
    t.is(wire.asked[before + 1]!.connection, wire.asked[before]!.connection);
  },
);

row('A14 a client that leaves inside such a body ends the connection to the service', async ({ t, kind, wire }) => {
  const before = wire.asked.length;
  const client = wire.client(t);
  wire.answer({ atHead: challenge });
  client.send(call(kind, 1, 'Content-Length: 900000\r\n'));
  client.send('x'.repeat(600_000));
  await client.until((text) => text.endsWith('\r\n\r\n'));
  t.false(wire.asked[before]!.closed);
  client.socket.destroy();
  await eventually(() => wire.asked[before]!.closed, patience);
  t.true(wire.asked[before]!.closed);
});
