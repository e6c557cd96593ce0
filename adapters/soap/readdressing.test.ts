import test from 'ava';
import { array, assert, asyncProperty, boolean, nat } from 'fast-check';
import { bytesBody } from '../wire/bytes.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { StreamBody } from '../wire/stream-body.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { readdressing } from './readdressing.ts';
import type { Body, Call, Reply } from '../adapter.ts';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
const wsa = 'http://www.w3.org/2005/08/addressing';
const wsa2004 = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const before = 'https://api.example.com/soap/Orders.svc/ws';
const after = 'http://legacy:7001/Orders.svc/ws';

const reply: Reply = {
  head: { status: 200, reason: 'OK', raw: [] },
  body: bytesBody(Buffer.alloc(0)),
  verdict: { blame: 'nobody' },
};

interface Asked {
  readonly type?: string;
  readonly raw?: readonly string[];
  readonly body: Body;
}

const rig = () => {
  const told: string[] = [];
  const sent: Call[] = [];
  const send = readdressing(
    (call) => {
      sent.push(call);
      return Promise.resolve(reply);
    },
    {
      url: 'http://legacy:7001/Orders.svc',
      retarget: (target) => target.replace('/soap/', '/'),
      tell: (what) => void told.push(what),
    },
  );
  const ask = async ({ type = 'text/xml; charset=utf-8', raw = [], body }: Asked) => {
    const length = typeof body.framing === 'object' ? ['content-LENGTH', String(body.framing.bytes)] : [];
    const call = {
      ...plainCall({ target: '/soap/Orders.svc/ws?a=1', raw: ['Content-Type', type, ...length, ...raw] }),
      body,
    };
    await send(call, new CallDeadline());
    return { call, sent: sent.at(-1)! };
  };
  return { told, ask };
};

const poured = (body: Body): string => {
  const parts: Buffer[] = [];
  let ended = 0;
  body.pour({
    chunk: (bytes) => parts.push(bytes) > 0,
    end: () => ended++,
    cut: (why) => parts.push(Buffer.from(why.message)),
  });
  if (ended !== 1 || parts.some(({ length }) => length === 0)) throw new Error('not poured once, or an empty chunk');
  return Buffer.concat(parts).toString('latin1');
};

const changed = async (text: string, type?: string): Promise<string> => {
  const body = bytesBody(Buffer.from(text, 'latin1'));
  const { sent } = await rig().ask({ body, ...(type === undefined ? {} : { type }) });
  const out = poured(sent.body);
  if (sent.header('content-length') !== String(out.length)) throw new Error('another length than its head says');
  return out;
};

const envelope = (header: string, { ns = soap11, body = '<x xmlns="urn:x"/>' } = {}): string =>
  `<s:Envelope xmlns:s="${ns}" xmlns:a="${wsa}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

const written: Readonly<Record<string, (address: string) => string>> = {
  'as WCF writes it': (to) =>
    envelope(`<a:Action s:mustUnderstand="1">urn:a</a:Action><a:To s:mustUnderstand="1">${to}</a:To>`, { ns: soap12 }),
  'of the submission of 2004': (to) => envelope(`<To xmlns="${wsa2004}">${to}</To>`),
  'in the middle of odd white space and comments': (to) =>
    `\n<!-- a --><e:Envelope\n xmlns:e='${soap11}'><e:Header ><!-- ${before} -->\r\n<q:To\txmlns:q='${wsa}' id = "1">\n  ${to}\t</q:To ></e:Header><e:Body>${before}</e:Body></e:Envelope>\n`,
  'in a CDATA section': (to) => envelope(`<a:To><![CDATA[${to}]]></a:To>`),
  'after a byte order mark and characters of several bytes': (to) =>
    `\u00ef\u00bb\u00bf<?xml version="1.0" encoding="utf-8"?>${envelope(`<n xmlns="urn:n">\u00c3\u00a4\u00e2\u0082\u00ac</n><a:To>${to}</a:To>`)}`,
  'beside a user name in WS-Security': (to) =>
    envelope(`<o:Security xmlns:o="urn:o"><o:UsernameToken/></o:Security><a:To>${to}</a:To>`),
};

for (const [what, write] of Object.entries(written)) {
  test(`wsa:To ${what} becomes the destination's address, and nothing else changes`, async (t) => {
    t.is(await changed(write(before)), write(after));
  });
}

const untouched: Readonly<Record<string, string>> = {
  'without one': envelope('<a:Action>urn:a</a:Action>'),
  'of another namespace': envelope(`<To xmlns="urn:other">${before}</To>`),
  'that is a name': envelope('<a:To>urn:orders</a:To>'),
  'that is nobody': envelope(`<a:To>${wsa}/anonymous</a:To>`),
  'that there are two of': envelope(`<a:To>${before}</a:To><a:To>${before}</a:To>`),
  'that is broken up by a comment': envelope(`<a:To>${before.slice(0, 9)}<!-- -->${before.slice(9)}</a:To>`),
  'that is deeper in the header': envelope(`<x xmlns="urn:x"><a:To>${before}</a:To></x>`),
  'that is in the body': envelope('', { body: `<a:To>${before}</a:To>` }),
  'in what is no envelope': `<a:To xmlns:a="${wsa}">${before}</a:To>`,
  'in what is not well-formed': envelope(`<a:To>${before}</a:From>`),
  'in an empty body': '',
};

for (const [what, text] of Object.entries(untouched)) {
  test(`a call with a wsa:To ${what} is relayed as it came`, async (t) => {
    const { told, ask } = rig();
    const { call, sent } = await ask({ body: bytesBody(Buffer.from(text)) });
    t.is(sent, call);
    t.deepEqual(told, []);
  });
}

const sealed: Readonly<Record<string, string>> = {
  signed: '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Reference URI="#_1"/></ds:Signature>',
  'perhaps signed, for something is encrypted': '<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>',
};

for (const [what, block] of Object.entries(sealed)) {
  test(`a wsa:To that is ${what} is never changed, and that is told once`, async (t) => {
    const { told, ask } = rig();
    for (const header of [
      `<a:To>${before}</a:To><o:Security xmlns:o="urn:o">${block}</o:Security>`,
      `<o:Security xmlns:o="urn:o">${block}</o:Security><a:To>${before}</a:To>`,
    ]) {
      const { call, sent } = await ask({ body: bytesBody(Buffer.from(envelope(header))) });
      t.is(sent, call);
    }
    t.is(told.length, 1);
    t.regex(
      told[0] ?? '',
      /wsa:To stays as the clients have it where something in the header is signed or encrypted; let the service/,
    );
  });
}

test('a compressed call, one with a digest of itself, and one that is no SOAP are not looked into', async (t) => {
  const text = envelope(`<a:To>${before}</a:To>`);
  for (const [type, ...raw] of [
    ['text/xml', 'Content-Encoding', 'gzip'],
    ['text/xml', 'Content-MD5', 'x'],
    ['application/json'],
  ]) {
    const { call, sent } = await rig().ask({
      body: bytesBody(Buffer.from(text)),
      raw,
      ...(type === undefined ? {} : { type }),
    });
    t.is(sent, call);
  }
});

for (const endian of ['little', 'big'] as const) {
  test(`UTF-16, ${endian} end first, stays UTF-16`, async (t) => {
    const wide = (text: string): Buffer => {
      const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
      return endian === 'little' ? bytes : bytes.swap16();
    };
    const write = (to: string) => wide(envelope(`<n xmlns="urn:n">\u20ac</n><a:To>${to}</a:To>`));
    const { sent } = await rig().ask({ body: bytesBody(write(before)), type: 'text/xml; charset=utf-16' });
    t.is(poured(sent.body), write(after).toString('latin1'));
  });
}

const mtom = (to: string, rootHead = '', first = ''): string =>
  `--b\r\n${first}Content-ID: <root>\r\nContent-Type: application/xop+xml; charset=utf-8; type="text/xml"${rootHead}\r\n\r\n` +
  `${envelope(`<a:To>${to}</a:To>`)}\r\n--b\r\nContent-ID: <1>\r\n\r\n<a:To>${before}</a:To>\u0000\u00ff\r\n--b--\r\n`;
const related = 'multipart/related; type="application/xop+xml"; boundary=b; start="<root>"; start-info="text/xml"';

test('of MTOM only the envelope changes, wherever it stands', async (t) => {
  t.is(await changed(mtom(before), related), mtom(after));
  const late = (to: string) => `--b\r\nContent-ID: <0>\r\n\r\n${before}\r\n${mtom(to)}`;
  t.is(await changed(late(before), related), late(after));
});

test('an MTOM part that tells its own length keeps it, and so its address', async (t) => {
  const text = mtom(before, '\r\nContent-Length: 1');
  t.is(await changed(text, related), text);
});

test('however a chunked body comes in, the same bytes go out, in chunks still', async (t) => {
  const text = envelope(`<a:To>${before}</a:To>`, { body: 'é€'.repeat(50) });
  const bytes = Buffer.from(text);
  const wanted = Buffer.from(text.replace(before, after)).toString('latin1');
  await assert(
    asyncProperty(array(nat(bytes.length), { maxLength: 12 }), boolean(), async (cuts, late) => {
      const body = new StreamBody('chunked', { pause() {}, resume() {} });
      const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const pieces = edges
        .slice(1)
        .map((to, i) => bytes.subarray(edges[i], to))
        .filter(({ length }) => length > 0);
      const feed = () => {
        for (const piece of pieces) body.push(piece);
        body.finish([]);
      };
      if (!late) feed();
      const asked = rig().ask({ body });
      if (late) feed();
      const { sent } = await asked;
      t.is(sent.body.framing, 'chunked');
      t.is(poured(sent.body), wanted);
    }),
    { numRuns: 300 },
  );
});

test('what comes after the header flows on, and what was held may be poured again', async (t) => {
  const text = envelope(`<a:To>${before}</a:To>`);
  const rest = 600 * 1024;
  const body = new StreamBody({ bytes: text.length + rest }, { pause() {}, resume() {} });
  body.push(Buffer.from(text));
  body.push(Buffer.alloc(530 * 1024, 'a'));
  const { sent } = await rig().ask({ body });
  t.is(sent.header('content-length'), String(text.length + rest + after.length - before.length));
  sent.body.hold(1024 * 1024);
  const seen = [0, 0];
  const into = (n: 0 | 1) => ({
    chunk: (bytes: Buffer) => (seen[n] = (seen[n] ?? 0) + bytes.length) > 0,
    end() {},
    cut() {},
  });
  sent.body.pour(into(0)).stop();
  body.push(Buffer.alloc(70 * 1024, 'a'));
  body.finish([]);
  sent.body.pour(into(1));
  t.is(seen[1], text.length + rest + after.length - before.length);
  t.is(sent.body.again, 'held');
});

test('a client that waits for 100 Continue is told so, since its header is needed first', async (t) => {
  let told = 0;
  const body = bytesBody(Buffer.from(envelope(`<a:To>${before}</a:To>`)));
  const seen: Call[] = [];
  const send = readdressing((call) => (seen.push(call), Promise.resolve(reply)), {
    url: 'http://legacy:7001',
    retarget: (target) => target,
    tell: () => undefined,
  });
  await send(
    { ...plainCall({ raw: ['Content-Type', 'text/xml'] }), body, expects: { proceed: () => told++ } },
    new CallDeadline(),
  );
  t.is(told, 1);
  t.is(seen[0]?.expects, null);
});
