// Business faults must not open a breaker for being compressed, nor a web server's pages pass for answers of a service.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { envelope11 } from '../../test/golden/envelopes.ts';
import type { Reason } from '../errors.ts';
import { StreamBody } from '../wire/stream-body.ts';
import { judge } from './judge.ts';

interface Said {
  readonly status?: number;
  readonly type?: string;
  readonly coding?: string;
  readonly body: string | Buffer;
  readonly mayBeEmpty?: boolean;
}

const declared = new Map([['{urn:orders}NotFound', 'NotFound'] as const]);
const source = { pause: () => undefined, resume: () => undefined };

const verdictOn = ({ status = 200, type = 'text/xml', coding, body, mayBeEmpty = false }: Said) => {
  const stream = new StreamBody('chunked', source);
  stream.push(Buffer.from(body));
  stream.finish([]);
  const raw = ['Content-Type', type, ...(coding === undefined ? [] : ['Content-Encoding', coding])];
  return judge(declared, mayBeEmpty)({ status, reason: '', raw }, stream);
};

const judged = test.macro({
  exec: async (t, said: Said, expected: Reason | 'nobody' | 'client') => {
    const verdict = await verdictOn(said);
    t.is(verdict.blame === 'destination' ? verdict.reason : verdict.blame, expected);
  },
  title: (what = '', _said: Said, expected) => `${what}: ${expected}`,
});

const fault = (code: string, detail = '', text = 'x'): string =>
  envelope11(`<s:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring>${detail}</s:Fault>`);
const notFound = fault('s:Server', '<detail><NotFound xmlns="urn:orders"/></detail>');
const page = '<html><body>We will be back soon.</body></html>';

for (const [coding, pack] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
  test(`a declared fault in ${coding}`, judged, { status: 500, coding, body: pack(notFound) }, 'nobody');
  test(`a Client fault in ${coding}`, judged, { status: 500, coding, body: pack(fault('s:Client')) }, 'client');
  test(`a Server fault as 200 in ${coding}`, judged, { coding, body: pack(fault('s:Server')) }, 'fault');
  test(`an answer in ${coding}`, judged, { coding, body: pack(envelope11('<A/>')) }, 'nobody');
}
const long = gzipSync(fault('s:Client', '', Array.from({ length: 40_000 }, (_, i) => i * 7919).join(' ')));
test('a fault of which only the beginning is looked at', judged, { status: 500, coding: 'gzip', body: long }, 'client');
test(
  'what inflates to very much',
  judged,
  { coding: 'gzip', body: gzipSync(envelope11(`<A>${'0'.repeat(50_000_000)}</A>`)) },
  'nobody',
);
test('what says gzip and is none', judged, { status: 500, coding: 'gzip', body: fault('s:Client') }, '5xx');
test('a coding that nobody knows', judged, { coding: 'x-own', body: 'abc' }, 'nobody');

test('a page', judged, { type: 'text/html', body: page }, 'contract');
test('a page in gzip', judged, { type: 'text/html', coding: 'gzip', body: gzipSync(page) }, 'contract');
test('a page that says it is XML', judged, { body: page }, 'contract');
test('JSON', judged, { type: 'application/json', body: '{}' }, 'contract');
test('a way to log in', judged, { status: 302, type: 'text/html', body: '' }, 'contract');
test(
  'a page where nobody waits for an envelope',
  judged,
  { type: 'text/html', body: page, mayBeEmpty: true },
  'nobody',
);
test('an answer', judged, { body: envelope11('<A/>') }, 'nobody');
test('an answer in UTF-16', judged, { body: Buffer.from(envelope11('<A/>'), 'utf16le') }, 'nobody');
test('an answer in parts', judged, { type: 'multipart/related', body: '--x\r\n\r\n' }, 'nobody');
test('an answer that calls itself a page', judged, { type: 'text/html', body: envelope11('<A/>') }, 'nobody');
