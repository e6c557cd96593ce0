// Rows A1–A8, A13, A19, A21–A23 of docs/reference/wire.md: the bytes of heads and bodies, by all ways a call gets to legacy.
import { gzipSync } from 'node:zlib';
import { chunked, envelope, find, header, lines, reply, request, soapLines, unchunked, xmlType } from './messages.ts';
import { oddEnvelopes } from './odd-envelopes.ts';
import { relayed, rows, sha256 } from './rig.ts';

const { row } = rows();
const odd = Object.entries(oddEnvelopes);
const ok = { reply: reply('') };

row(`A1 ${odd.length} odd envelopes arrive as they were sent`, async ({ t, kind, exchange }) => {
  for (const [title, body] of odd) {
    const { up, down } = await exchange(request({ target: `/${kind}/a`, body }), ok);
    t.is(sha256(up.body), sha256(body), title);
    t.is(down.status, 200, title);
  }
});

row(
  'A1 odd envelopes arrive as they were sent in chunks, too, however these are cut',
  async ({ t, kind, exchange }) => {
    for (const [title, body] of odd) {
      const cuts = body.length > 1000 ? 4099 : 7;
      const { up } = await exchange(request({ target: `/${kind}/a`, body, framing: 'chunked', cuts }), ok);
      t.is(sha256(unchunked(up.body)), sha256(body), title);
    }
  },
);

row(`A2 ${odd.length} odd envelopes come back as they were answered`, async ({ t, kind, exchange }) => {
  for (const [title, body] of odd) {
    const { down } = await exchange(request({ target: `/${kind}/a` }), { reply: reply(body, [xmlType]) });
    t.is(sha256(down.body), sha256(body), title);
  }
});

const fault = envelope('<s:Fault><faultcode>s:Server</faultcode><faultstring>é</faultstring></s:Fault>');
for (const status of [
  '400 Bad Request',
  '401 Unauthorized',
  '404 Not Found',
  '413 X',
  '415 X',
  '500 X',
  '502 X',
  '503 X',
  '504 X',
])
  row(`A2 a body with ${status} comes back as it was answered`, async ({ t, kind, exchange }) => {
    for (const [body, type] of [
      [fault, xmlType],
      ['<html>\r\n</html>', 'Content-Type: text/html'],
      ['\0\x80\xff', 'Content-Type: application/octet-stream'],
    ] as const) {
      const { down } = await exchange(request({ target: `/${kind}/a` }), { reply: reply(body, [type], status) });
      t.is(`${down.status} ${header(down.head, 'content-type')}`, `${status.slice(0, 3)} ${type.slice(14)}`);
      t.is(sha256(down.body), sha256(body));
    }
  });

row('A3 nothing is compressed that was not, whether or not the client takes codings', async ({ t, kind, exchange }) => {
  for (const more of [[], ['Accept-Encoding: gzip, deflate, br']]) {
    const body = find('x'.repeat(5000));
    const asking = request({ target: `/${kind}/a`, lines: [...soapLines, ...more] });
    const { up, down } = await exchange(asking, { reply: reply(body, [xmlType]) });
    t.is(header(up.head, 'accept-encoding'), more.length === 0 ? null : 'gzip, deflate, br');
    t.is(header(down.head, 'content-encoding'), null);
    t.is(down.body, body);
  }
});

row('A3 what is compressed stays compressed, both ways', async ({ t, kind, exchange }) => {
  const body = gzipSync(find('x'.repeat(5000))).toString('latin1');
  const coded = ['Content-Encoding: gzip'];
  const asking = request({ target: `/${kind}/a`, lines: [...soapLines, ...coded], body });
  const { up, down } = await exchange(asking, { reply: reply(body, [xmlType, ...coded]) });
  t.is(header(up.head, 'content-encoding'), 'gzip');
  t.is(up.body, body);
  t.is(header(down.head, 'content-encoding'), 'gzip');
  t.is(down.body, body);
});

for (const framing of ['length', 'chunked'] as const)
  row(`A4 a request in ${framing} stays so`, async ({ t, kind, exchange }) => {
    const { up } = await exchange(request({ target: `/${kind}/a`, framing }), ok);
    t.is(header(up.head, 'content-length'), framing === 'length' ? String(find().length) : null);
    t.is(header(up.head, 'transfer-encoding'), framing === 'length' ? null : 'chunked');
  });

row(
  'A4 a request without body gets no framing, and one of no bytes keeps its length',
  async ({ t, kind, exchange }) => {
    const without = await exchange(request({ method: 'GET', target: `/${kind}/a`, framing: 'none', lines: [] }), ok);
    t.false(/^(?:content-length|transfer-encoding):/im.test(without.up.head));
    const empty = await exchange(request({ target: `/${kind}/a`, body: '' }), ok);
    t.is(header(empty.up.head, 'content-length'), '0');
  },
);

row('A4 a reply keeps its length, or its chunks', async ({ t, kind, exchange }) => {
  const asking = request({ target: `/${kind}/a` });
  const sized = await exchange(asking, { reply: reply(fault, [xmlType]) });
  t.is(header(sized.down.head, 'content-length'), String(fault.length));
  t.is(header(sized.down.head, 'transfer-encoding'), null);
  const cut = await exchange(asking, {
    reply: reply(chunked(['a', fault, 'b']), [xmlType, 'Transfer-Encoding: chunked']),
  });
  t.is(header(cut.down.head, 'content-length'), null);
  t.is(header(cut.down.head, 'transfer-encoding'), 'chunked');
  t.is(unchunked(cut.down.body), `a${fault}b`);
});

row('A4 a reply that ends with its connection comes whole, in chunks', async ({ t, kind, exchange }) => {
  const { down } = await exchange(request({ target: `/${kind}/a` }), {
    reply: `HTTP/1.1 200 OK\r\n${xmlType}\r\n\r\n${fault}`,
    after: 'end',
  });
  t.is(header(down.head, 'transfer-encoding'), 'chunked');
  t.is(unchunked(down.body), fault);
});

row('A5 what concerns one hop stays on it, both ways', async ({ t, kind, exchange }) => {
  // As SOAP::Lite begins its calls.
  const hop = [
    'TE: deflate,gzip;q=0.3',
    'Connection: TE, close, X-Mine',
    'X-Mine: 1',
    'Keep-Alive: 300',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp5',
  ];
  const back = ['Connection: X-Theirs', 'X-Theirs: 1', 'Keep-Alive: timeout=5', 'Proxy-Authenticate: Basic'];
  const { up, down } = await exchange(request({ target: `/${kind}/a`, lines: [...hop, ...soapLines] }), {
    reply: reply('', back),
  });
  t.deepEqual(
    lines(up.head).filter((line) => /^(?:te|x-mine|proxy-.*|connection: (?!keep-alive$).*|keep-alive):?/i.test(line)),
    [],
  );
  t.deepEqual(
    lines(down.head).filter((line) => /^(?:x-theirs|keep-alive|proxy-.*):/i.test(line)),
    [],
  );
  t.false(up.closed);
});

const twice = ['Accept: text/xml', 'Accept: multipart/*', 'X-A: 1', 'Accept: application/soap', 'X-a: 2'];
row(
  'A6 headers that come several times stay several, in their order',
  async ({ t, kind, exchange }) => {
    const back = [
      'Set-Cookie: a=1; path=/',
      'WWW-Authenticate: Basic realm="x"',
      'Set-Cookie: b=2',
      'WWW-Authenticate: Digest realm="y"',
      'Set-Cookie: c=3',
    ];
    const { up, down } = await exchange(request({ target: `/${kind}/a`, lines: [...soapLines, ...twice] }), {
      reply: reply('', back, '401 Unauthorized'),
    });
    t.deepEqual(
      lines(up.head).filter((line) => /^(?:accept|x-a):/i.test(line)),
      twice,
    );
    t.deepEqual(lines(down.head, /^content-length$/i), back);
  },
  relayed,
);

row(
  'A7 header case and order are kept',
  async ({ t, kind, exchange }) => {
    for (const names of [
      ['SOAPAction', 'Content-Type'],
      ['soapaction', 'CONTENT-TYPE'],
      ['sOaPaCtIoN', 'content-Type'],
    ] as const) {
      const sent = ['X-First: 1', `${names[0]}: "x"`, 'ACCEPT: a', `${names[1]}: text/xml`, 'user-Agent: me'];
      const back = ['X-Last: 1', 'content-TYPE: text/xml', 'SERVER: s', 'date: now'];
      const { up, down } = await exchange(request({ target: `/${kind}/a`, lines: sent }), { reply: reply('', back) });
      t.deepEqual(lines(up.head, /^via$/i), ['Host: orders.example', ...sent, `Content-Length: ${find().length}`]);
      t.deepEqual(lines(down.head), [...back, 'Content-Length: 0']);
    }
  },
  relayed,
);

const rawTails = [
  '//b',
  '/a//b/',
  '/a%2Fb',
  '/%41',
  '/%c3%a9',
  '/a%20b',
  '/a+b',
  '/a;v=1',
  '/a.b/c~d',
  '/a?x',
  '/a?',
  '/a??',
  '/a?x=1&&x=1&=',
  '/a?q=%zz',
  '/a?a/b//c',
  '/a?x=%2e%2e',
  '/a?wsdl',
  '/a?wsdl=wsdl0',
  '/a?xsd=xsd0',
  '/a?singleWsdl',
  '/a?WSDL&x',
  '/a%',
  "/a'b(c)*",
  '/a|b',
  '/a?{"x":[1]}',
  '/a?\\',
  `/a?${'x'.repeat(4000)}`,
];
row(`A8 ${rawTails.length} odd paths and queries go on as they are`, async ({ t, kind, exchange }) => {
  for (const tail of rawTails)
    for (const method of ['GET', 'POST']) {
      const target = `/${kind}${tail}`;
      const asking = request({ method, target, ...(method === 'GET' ? { framing: 'none', lines: [] } : {}) });
      const { up } = await exchange(asking, { reply: reply('', [], '404 Not Found') });
      t.is(up.head.split('\r\n', 1)[0], `${method} ${target} HTTP/1.1`);
    }
});

row('A13 reason phrases are passed on', async ({ t, kind, exchange }) => {
  for (const status of [
    '415 Missing Content Type',
    '200 Alles gut',
    '500 Gr\xf6\xdfe',
    '299 a  b',
    '404 NOT FOUND',
    '599 ',
  ]) {
    const { down } = await exchange(request({ target: `/${kind}/a` }), { reply: reply('', [], status) });
    // Node fills an empty one in, which only the proxy leaves to it.
    const filled = status === '599 ' && kind === 'proxy' ? '599 unknown' : status;
    t.is(down.head.split('\r\n', 1)[0], `HTTP/1.1 ${filled}`);
  }
});

for (const [name, size] of [
  ['64 kB and a byte', 65_537],
  ['1 MiB and a byte', 1_048_577],
  ['8 MiB', 8 << 20],
] as const)
  row(`A19 ${name} go through, both ways`, async ({ t, kind, exchange }) => {
    const body = find('x'.repeat(size - find('').length));
    const { up, down } = await exchange(request({ target: `/${kind}/a`, body }), { reply: reply(body, [xmlType]) });
    t.is(up.body.length, size);
    t.is(sha256(up.body), sha256(body));
    t.is(sha256(down.body), sha256(body));
  });

row('A21 a redirect is the client’s to follow', async ({ t, kind, exchange }) => {
  for (const status of ['301 Moved', '302 Found', '303 See Other', '307 Temporary Redirect', '308 Permanent Redirect'])
    for (const place of ['http://elsewhere.example/a?b', '/b', '//c/d', '../e']) {
      // exchange() fails where the upstream is asked twice.
      const { down } = await exchange(request({ target: `/${kind}/a` }), {
        reply: reply('x', [`Location: ${place}`], status),
      });
      t.is(`${down.status} ${header(down.head, 'location')}`, `${status.slice(0, 3)} ${place}`);
    }
});

row('A22 cookies pass both ways as they are', async ({ t, kind, exchange }) => {
  const set = [
    'Set-Cookie: ASP.NET_SessionId=x; path=/App; HttpOnly; SameSite=Lax',
    'Set-Cookie: ARRAffinity=1;Path=/;Domain=legacy.example',
    'Set-Cookie: odd="a,b"; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
  ];
  const cookie = 'ASP.NET_SessionId=x; .ASPXAUTH=AB%3d; odd="a,b"';
  const { up, down } = await exchange(request({ target: `/${kind}/a`, lines: [...soapLines, `Cookie: ${cookie}`] }), {
    reply: reply('', set),
  });
  t.is(header(up.head, 'cookie'), cookie);
  t.deepEqual(
    lines(down.head)
      .filter((line) => /^set-cookie:/i.test(line))
      .map((line) => line.slice(11)),
    set.map((line) => line.slice(11)),
  );
});

row(
  'A23 a reply comes back with nothing added, taken or changed',
  async ({ t, kind, exchange }) => {
    for (const more of [
      [],
      [
        'Date: Tue, 01 Jan 2030 00:00:00 GMT',
        'Server: Microsoft-IIS/8.5',
        'X-AspNet-Version: 4.0.30319',
        'ETag: W/"x"',
        'Cache-Control: private',
        'Via: 1.0 other',
      ],
    ]) {
      const whole = reply(fault, [xmlType, ...more]);
      const { down } = await exchange(request({ target: `/${kind}/a` }), { reply: whole });
      t.is(down.head + down.body, whole);
    }
  },
  relayed,
);

row(
  'A23 a call goes on with nothing added but Via, nothing taken and nothing changed',
  async ({ t, kind, exchange }) => {
    const sent = request({
      target: `/${kind}/a`,
      lines: [...soapLines, 'User-Agent: x', 'X-Empty:', 'X-Inner: a  b\tc', 'X-Latin: \xe9'],
    });
    const { up } = await exchange(sent, ok);
    t.is(`${up.head}${up.body}`.replace('Via: 1.1 strangler\r\n', ''), sent.replace('X-Empty:', 'X-Empty: '));
  },
  relayed,
);

row(
  'A23 blanks around a value go, both ways, and those inside it stay: of heads, that is all that changes',
  async ({ t, kind, exchange }) => {
    const padded = ['X-Pad: \t a  b\tc \t ', 'X-None:', 'X-Tight:d'];
    const asking = request({ target: `/${kind}/a`, lines: [...soapLines, ...padded] });
    const { up, down } = await exchange(asking, { reply: reply('', padded) });
    const trimmed = ['X-Pad: a  b\tc', 'X-None: ', 'X-Tight: d'];
    for (const head of [up.head, down.head])
      t.deepEqual(
        lines(head).filter((line) => /^x-/i.test(line)),
        trimmed,
      );
  },
  relayed,
);
