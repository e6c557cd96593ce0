// Rows A10–A12, A16, A24, A25 and F1 of docs/reference/wire.md: who may speak when, where messages end, and what is left of them.
import { eventually } from '../helpers/gateway.ts';
import { chunked, find, header, replyIn, reply, request, soapLines, unchunked, xmlType } from './messages.ts';
import { patience, relayed, rows, type Asked, type Run } from './rig.ts';

const { row } = rows();
const body = find();
const expecting = (kind: string): string =>
  request({ target: `/${kind}/a`, lines: [...soapLines, 'Expect: 100-continue'] });
const headOf = (bytes: string): string => bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4);
const isWhole = (text: string): boolean => replyIn(text, { isHead: false, ended: false })?.whole === true;
const interims = (text: string): string[] => text.match(/HTTP\/1\.1 1\d\d/g) ?? [];
const on100 = 'HTTP/1.1 100 Continue\r\n\r\n';
/** A call that waits, without its body: the call as it arrives is what comes next. */
const waiting = ({ t, kind, wire }: Run) => {
  wire.answer({});
  const before = wire.asked.length;
  const client = wire.client(t);
  client.send(headOf(expecting(kind)));
  const arrived = async (): Promise<Asked> => {
    await eventually(() => wire.asked.length > before, patience);
    return wire.asked[before]!;
  };
  return { client, arrived };
};

row(
  'A10 who waits for 100 hears it when legacy says so, and once',
  async (run) => {
    const { t, wire } = run;
    const { client, arrived } = waiting(run);
    const up = await arrived();
    t.is(header(up.head, 'expect'), '100-continue');
    t.is(up.body, '');
    t.is(await client.until(() => true), '');
    up.say(on100);
    t.is(await client.until((text) => text.endsWith('\r\n\r\n')), on100);
    wire.answer({ reply: reply('yes') });
    client.send(body);
    t.is(await client.until(isWhole), on100 + reply('yes'));
    t.is(up.body, body);
  },
  ['relay'],
);

row(
  'A10 who waits for 100 hears it of the gateway, once, where that has to read the body or proxies',
  async (run) => {
    const { t, wire } = run;
    const { client, arrived } = waiting(run);
    t.is(await client.until((text) => text.endsWith('\r\n\r\n')), on100);
    wire.answer({ reply: on100 + reply('yes') });
    client.send(body);
    const text = await client.until(isWhole);
    t.deepEqual(interims(text), ['HTTP/1.1 100']);
    t.true(text.endsWith('yes'));
    const up = await arrived();
    t.is(header(up.head, 'expect'), null);
    t.is(up.body, body);
  },
  ['proxy', 'judged', 'fallback'],
);

row(
  'A10 Connection cannot keep the destination from hearing of who waits: neither side would ever go on',
  async ({ t, kind, exchange }) => {
    const lines = [...soapLines, 'Connection: Expect', 'Expect: 100-continue'];
    const { up } = await exchange(headOf(request({ target: `/${kind}/a`, lines })), { atHead: reply('no') });
    t.is(header(up.head, 'expect'), '100-continue');
  },
  ['relay'],
);

row('A10 who does not wait after all is answered all the same', async ({ t, kind, exchange }) => {
  const { up, down } = await exchange(expecting(kind), { reply: on100 + reply('yes') });
  t.is(up.body, body);
  t.is(down.body, 'yes');
  t.true(down.interim.length <= 1);
});

for (const status of ['401 Unauthorized', '413 Payload Too Large', '417 Expectation Failed'])
  row(
    `A11 an early ${status} comes without a 100, and ends the connection`,
    async ({ t, kind, wire, exchange }) => {
      const { down } = await exchange(headOf(expecting(kind)), { atHead: reply('no', [], status) });
      t.deepEqual(down.interim, []);
      t.is(`${down.status} ${down.body}`, `${status.slice(0, 3)} no`);
      t.is(header(down.head, 'connection'), 'close');
      t.false(wire.asked.at(-1)!.whole);
    },
    ['relay'],
  );

row('A12 no interim reply reaches a client that did not ask for one', async ({ t, kind, exchange }) => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n';
  const { down } = await exchange(request({ target: `/${kind}/a` }), {
    reply: `${on100}${on100}HTTP/1.1 102 Processing\r\n\r\n${hints}HTTP/1.1 199 X\r\n\r\n${reply('yes')}`,
  });
  t.deepEqual(down.interim, []);
  t.is(down.body, 'yes');
});

row('A12 no more than one reaches a client that did', async ({ t, kind, exchange }) => {
  const { down } = await exchange(expecting(kind), { atHead: on100 + on100, reply: on100 + reply('yes') });
  t.deepEqual(down.interim, [on100]);
  t.is(down.body, 'yes');
});

row('A12 a 101 that nobody asked for is a failure', async ({ t, kind, exchange }) => {
  const { down } = await exchange(request({ target: `/${kind}/a` }), {
    reply: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  });
  t.deepEqual(down.interim, []);
  t.true(down.status >= 500);
});

for (const [how, end, more] of [
  ['says so', undefined, ['Connection: close']],
  ['says so and does', 'end', ['Connection: close']],
  ['just does', 'end', []],
] as const)
  row(`A16 a client goes on where the upstream closes: it ${how}`, async ({ t, kind, wire }) => {
    const client = wire.client(t);
    const before = wire.asked.length;
    let got = '';
    for (let n = 1; n <= 3; n++) {
      wire.answer({ reply: reply(`answer ${n}`, more), ...(end === undefined ? {} : { after: end }) });
      client.send(request({ target: `/${kind}/a` }));
      got = await client.until((text) => text.endsWith(`answer ${n}`));
      if (end !== undefined) await eventually(() => wire.asked.at(-1)!.closed, patience);
    }
    t.is(wire.asked.length - before, 3);
    t.false(client.ended);
    t.notRegex(got, /connection: close/i);
  });

const answers = {
  'a length': reply('hello'),
  chunks: reply(chunked(['he', 'llo']), ['Transfer-Encoding: chunked']),
  'an end': 'HTTP/1.1 200 OK\r\n\r\nhello',
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nhello',
} as const;
for (const [how, answer] of Object.entries(answers)) {
  const after = how === 'an end' || how === 'HTTP/1.0' ? { after: 'end' as const } : {};
  row(
    `A24 an HTTP/1.0 client gets a reply of ${how} plain, and the end of its connection`,
    async ({ t, kind, exchange }) => {
      const { up, down } = await exchange(request({ target: `/${kind}/a`, http: '1.0' }), { reply: answer, ...after });
      t.is(up.head.split('\r\n', 1)[0], `POST /${kind}/a HTTP/1.1`);
      t.is(up.body, body);
      t.is(down.body, 'hello');
      t.is(header(down.head, 'transfer-encoding'), null);
      t.is(header(down.head, 'connection'), 'close');
    },
  );
  row(
    `A24 a client that wants its connection closed gets a reply of ${how} framed, and then the end`,
    async ({ t, kind, wire }) => {
      wire.answer({ reply: answer, ...after });
      const client = wire.client(t);
      client.send(request({ target: `/${kind}/a`, lines: ['Connection: close', ...soapLines] }));
      const down = replyIn(await client.until(() => false), { isHead: false, ended: true })!;
      t.true(client.ended);
      t.is(header(down.head, 'connection'), 'close');
      t.is(header(down.head, 'transfer-encoding'), how === 'a length' ? null : 'chunked');
      t.is(how === 'a length' ? down.body : unchunked(down.body), 'hello');
    },
  );
}

row(
  'A24 an HTTP/1.0 client may keep its connection where the reply has a length',
  async ({ t, kind, wire }) => {
    wire.answer({ reply: reply('hello') });
    const client = wire.client(t);
    for (let n = 1; n <= 2; n++) {
      client.send(request({ target: `/${kind}/a`, http: '1.0', lines: ['Connection: keep-alive', ...soapLines] }));
      const got = await client.until((text) => text.match(/hello/g)?.length === n);
      t.notRegex(got, /connection: close/i);
    }
    t.false(client.ended);
  },
  relayed,
);

const bodiless = [
  ['HEAD', reply('', ['Content-Length: 5', xmlType])],
  ['HEAD', reply('', ['Transfer-Encoding: chunked'])],
  ['HEAD', reply('', ['Content-Length: 5'], '500 X')],
  ['GET', 'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n'],
  ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 500\r\n\r\n'],
  ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'],
] as const;
row(
  `A4 ${bodiless.length} replies without a body keep their heads, and the connection goes on`,
  async ({ t, kind, wire }) => {
    for (const [method, answer] of bodiless) {
      const client = wire.client(t);
      let length = 0;
      for (let n = 1; n <= 2; n++) {
        wire.answer({ reply: answer });
        client.send(request({ method, target: `/${kind}/a`, lines: [], framing: 'none' }));
        const got = await client.until((text) => text.slice(length).includes('\r\n\r\n'));
        const down = got.slice(length);
        length = got.length;
        t.true(down.endsWith('\r\n\r\n'));
        if (kind === 'proxy') t.is(header(down, 'content-length'), header(answer, 'content-length'), down);
        else t.is(down, answer);
      }
      client.send(request({ target: `/${kind}/a` }));
      wire.answer({ reply: reply('alive') });
      t.true((await client.until((text) => text.endsWith('alive'))).endsWith('alive'));
    }
  },
);

row('A4 trailers go on, both ways', async ({ t, kind, exchange }) => {
  const sent = `${headOf(request({ target: `/${kind}/a`, framing: 'chunked' }))}${chunked([body], 'X-Sum: 1\r\nx-sum: 2\r\n')}`;
  const back = chunked(['a'], 'X-Back: 1\r\n');
  const { up, down } = await exchange(sent, { reply: reply(back, ['Transfer-Encoding: chunked']) });
  t.true(up.body.endsWith('\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n'), up.body);
  t.is(down.body, back);
});

row(
  'A5 trailers are not where headers go that are of one hop, or say whose call it is',
  async ({ t, kind, exchange }) => {
    const lines = [
      'X-Forwarded-For: 192.0.2.1',
      'Forwarded: for=192.0.2.1',
      'X-Real-IP: 192.0.2.1',
      'X-Strangler-Pin: modern',
      'Host: evil',
      'Authorization: Basic YTpi',
      'Connection: close',
      'SOAPAction: "evil"',
    ].map((line) => `${line}\r\n`);
    const trailers = `${lines.join('')}X-Sum: 1\r\n`;
    const sent = `${headOf(request({ target: `/${kind}/a`, framing: 'chunked' }))}${chunked([body], trailers)}`;
    const { up, down } = await exchange(sent, {
      reply: reply(chunked(['a'], 'Connection: close\r\nTransfer-Encoding: x\r\nX-Sum: 1\r\n'), [
        'Transfer-Encoding: chunked',
      ]),
    });
    t.true(up.body.endsWith('\r\n0\r\nX-Sum: 1\r\n\r\n'), up.body);
    t.is(down.body, chunked(['a'], 'X-Sum: 1\r\n'));
  },
  relayed,
);

row('A4 a reply without a body that names a coding ends no connection', async ({ t, kind, wire }) => {
  for (const [status, method] of [
    ['204 None', 'GET'],
    ['304 Same', 'GET'],
    ['200 OK', 'HEAD'],
  ] as const) {
    const client = wire.client(t);
    wire.answer({ reply: `HTTP/1.1 ${status}\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n` });
    client.send(`${method} /${kind}/a HTTP/1.1\r\nHost: h\r\n\r\n`);
    const head = await client.until((text) => text.endsWith('\r\n\r\n'));
    // In a 204 there must be none, in a 304 there need not be one (RFC 9112 §6.1).
    if (method === 'GET') t.notRegex(head, /transfer-encoding/i);
    wire.answer({ reply: reply('alive') });
    client.send(`GET /${kind}/a HTTP/1.1\r\nHost: h\r\n\r\n`);
    t.regex(await client.until((text) => text.endsWith('alive')), /alive$/);
  }
});

row(
  'A4 a length that is told twice is told once (RFC 9110 §8.6)',
  async ({ t, kind, exchange }) => {
    const { down } = await exchange(request({ target: `/${kind}/a` }), {
      reply: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\ncontent-length: 2\r\n\r\nok',
    });
    t.is(down.head, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n');
  },
  relayed,
);

const half = 'x'.repeat(500);
const cuts = {
  'a length': reply(half, ['Content-Length: 1000', xmlType]),
  'chunks, inside one': reply(`3e8\r\n${half}`, ['Transfer-Encoding: chunked', xmlType]),
  'chunks, between two': reply(`1f4\r\n${half}\r\n`, ['Transfer-Encoding: chunked', xmlType]),
  'chunks, before the last line': reply(`1f4\r\n${half}\r\n0\r\n`, ['Transfer-Encoding: chunked', xmlType]),
};
for (const [how, answer] of Object.entries(cuts))
  for (const after of ['end', 'reset'] as const)
    row(`A25 a reply of ${how}, cut by ${after}, is cut for the client`, async ({ t, kind, exchange }) => {
      const { down } = await exchange(request({ target: `/${kind}/a` }), { reply: answer, after });
      // Or it never was a reply: then the client is told of a failure, wholly.
      t.is(down.status >= 500, down.whole);
      if (!down.whole) t.true(down.ended);
    });

row(
  'A25 a cut is a reset to an HTTP/1.0 client, to which an end would be the end of the reply',
  async ({ t, kind, wire }) => {
    wire.answer({ reply: cuts['chunks, between two'], after: 'end' });
    const client = wire.client(t);
    const reset = new Promise<string>((resolve) =>
      client.socket.once('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? '')),
    );
    client.send(request({ target: `/${kind}/a`, http: '1.0' }));
    await client.until(() => false);
    t.is(await reset, 'ECONNRESET');
  },
  relayed,
);

for (const [how, answer] of [
  ['without a byte', ''],
  ['inside its status line', 'HTTP/1.1 200'],
  ['inside its head', 'HTTP/1.1 200 OK\r\nContent-Le'],
] as const)
  row(`A25 a reply that ends ${how} is a failure, and no half reply`, async ({ t, kind, exchange }) => {
    for (const after of ['end', 'reset'] as const) {
      const { down } = await exchange(request({ target: `/${kind}/a` }), { reply: answer, after });
      if (kind === 'fallback') t.true(down.status >= 500 && down.whole);
      else t.is(down.status, 0, 'nobody else was to be asked: the client sees what it would see without a gateway');
    }
  });

for (const framing of ['length', 'chunked'] as const)
  for (const how of ['end', 'reset'] as const)
    row(`A25 a request of ${framing}, cut by ${how}, never arrives as a whole one`, async ({ t, kind, wire }) => {
      wire.answer({ reply: reply('') });
      const before = wire.asked.length;
      const client = wire.client(t);
      const whole = request({ target: `/${kind}/a`, body: find('x'.repeat(200_000)), framing, cuts: 1000 });
      client.send(whole.slice(0, 100_000));
      await eventually(() => wire.asked.length > before, patience);
      if (how === 'end') client.socket.end();
      else client.socket.resetAndDestroy();
      await client.until(() => false);
      await eventually(() => wire.asked.slice(before).every(({ closed }) => closed), patience);
      t.deepEqual(
        wire.asked.slice(before).filter((each) => each.whole),
        [],
      );
    });

for (const after of ['end', 'reset'] as const)
  row(`F1 a call whose answer is cut off by ${after} is not sent twice`, async ({ t, kind, exchange }) => {
    for (const answer of ['', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf']) {
      // exchange() fails where a second call arrives.
      const { up, down } = await exchange(request({ target: `/${kind}/a` }), { reply: answer, after });
      t.true(up.whole);
      t.true(down.status === 0 || down.status >= 500 || !down.whole);
    }
  });
