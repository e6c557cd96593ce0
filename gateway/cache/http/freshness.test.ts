import test from 'ava';
import { freshnessOf, type Freshness } from './freshness.ts';

const now = Date.parse('2026-10-03T10:00:00Z');
const minute = 60_000;
type Given = Readonly<Record<string, string>>;
interface More {
  readonly ttl?: number;
  readonly status?: number;
  readonly request?: Given;
}
const judged = (fields: Given, { ttl, status = 200, request = {} }: More = {}): Freshness | null => {
  const rawOf = (given: Given) => Object.entries(given).flat();
  return freshnessOf({
    request: { method: 'GET', target: '/', http: '1.1', raw: rawOf(request) },
    reply: { status, reason: '', raw: rawOf(fields) },
    asked: now,
    now,
    ttl: ttl ?? null,
  });
};

/** Milliseconds for which it is good; null: not kept. */
const left = test.macro<[Given, number | null, More?]>((t, fields, expected, more) => {
  t.is(judged(fields, more)?.left ?? null, expected);
});
const ttl = { ttl: minute };
test('by the ttl of the file', left, {}, minute, ttl);
test('not without a word of anybody', left, {}, 0);
test('not what says no-store', left, { 'Cache-Control': 'No-Store' }, null, ttl);
test('not what says private', left, { 'Cache-Control': 'Private="a, b", max-age=60' }, null, ttl);
test('to be asked about: no-cache', left, { 'Cache-Control': 'no-cache, max-age=60' }, 0, ttl);
test('to be asked about: Pragma', left, { Pragma: 'no-cache' }, 0, ttl);
test('by max-age, whatever the ttl', left, { 'Cache-Control': 'max-age=5' }, 5000, ttl);
test('by max-age=0, whatever the ttl', left, { 'Cache-Control': 'max-age=0' }, 0, ttl);
test('less what it was old when it came', left, { 'Cache-Control': 'max-age=60', Age: '50' }, 10_000);
test('s-maxage before max-age', left, { 'Cache-Control': 's-maxage=0, max-age=60' }, 0, ttl);
test('s-maxage alone', left, { 'Cache-Control': 'max-age=0, s-maxage=60' }, minute);
test('not by two words on one thing', left, { 'Cache-Control': 'max-age=60, max-age=61' }, 0, ttl);
test('must-revalidate lets it be good for its time', left, { 'Cache-Control': 'max-age=60, must-revalidate' }, minute);
test('proxy-revalidate too', left, { 'Cache-Control': 'max-age=60, proxy-revalidate' }, minute);
const dated = { Date: new Date(now).toUTCString() };
test('by Expires', left, { ...dated, Expires: new Date(now + minute).toUTCString() }, minute);
test('not what has expired', left, { ...dated, Expires: '0' }, 0, ttl);
test('no guess by Last-Modified', left, { ...dated, 'Last-Modified': new Date(0).toUTCString() }, 0);
test('not with a cookie', left, { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'a=b' }, null);
test('not what varies by everything', left, { 'Cache-Control': 'max-age=60', Vary: 'Accept, *' }, null);
test(
  'not what varies by what the gateway tells',
  left,
  { 'Cache-Control': 'max-age=60', Vary: 'X-Forwarded-For' },
  null,
);
test(
  'not a coding that nobody may have asked for',
  left,
  { 'Cache-Control': 'max-age=60', 'Content-Encoding': 'gzip' },
  null,
);
test(
  'a coding that it varies by',
  left,
  { 'Cache-Control': 'max-age=60', 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' },
  minute,
);
test('not a 500', left, { 'Cache-Control': 'max-age=60' }, null, { status: 500 });
test('not a part', left, { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-1/2' }, null, { status: 206 });
test('not a 404 by the ttl', left, {}, null, { ...ttl, status: 404 });
test('a 404 by the word of the origin', left, { 'Cache-Control': 'max-age=60' }, minute, { status: 404 });
const known = { request: { Authorization: 'Basic YTpi' } };
test('not for credentials, unless the origin allows it', left, { 'Cache-Control': 'max-age=60' }, null, known);
test('for credentials, where the origin says public', left, { 'Cache-Control': 'public, max-age=60' }, minute, known);

test('what the origin wants to be asked about is never given past its time', (t) => {
  for (const word of ['must-revalidate', 'proxy-revalidate', 's-maxage=60', 'no-cache'])
    t.true(judged({ 'Cache-Control': `max-age=60, ${word}` })?.isStrict, word);
  t.false(judged({ 'Cache-Control': 'max-age=60' })?.isStrict);
});
