// What RFC 9111 (and 5861, 8246) asks of a shared cache, section by section: each row is what clients ask and origins say, in order.
import test from 'ava';
import { noBody } from '../../../adapters/wire/bytes.ts';
import { CallDeadline } from '../../../adapters/wire/deadline.ts';
import { date, httpRig, rawOf, steps, type Given, type Step } from '../../../test/helpers/http-steps.ts';
import { plainCall } from '../../../test/helpers/plain-call.ts';
import { httpDate, secondsIn } from './fields.ts';
import type { Ask } from '../remembered.ts';
import type { Arriving } from '../../../adapters/adapter.ts';

const minute = { 'Cache-Control': 'max-age=60' };
const lenient = { 'Cache-Control': 'max-age=60, stale-while-revalidate=600' };
const tagged = { ...minute, ETag: '"v1"' };

// §3: what is stored
for (const [section, says, status] of [
  ['§3: a status that it does not know', minute, 299],
  ['§3: a part', { ...minute, 'Content-Range': 'bytes 0-1/2' }, 206],
  ['§3: a status that says nothing by itself', {}, 404],
  ['§5.2.2.5: no-store', { 'Cache-Control': 'no-store, max-age=60' }],
  ['§5.2.2.7: private', { 'Cache-Control': 'private, max-age=60' }],
  ['§5.2.2.7: private, of one field', { 'Cache-Control': 'private="X-User", max-age=60' }],
  ['§7.3: a cookie, whatever the origin says', { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'a=b' }],
  ['§4.1: Vary: *', { ...minute, Vary: '*' }],
  ['§4.2.2: nothing is guessed by Last-Modified', { Date: date(), 'Last-Modified': date(-1e6) }],
  ['§4.2.2: nor by immutable (RFC 8246)', { 'Cache-Control': 'immutable' }],
  ['§4.2.2: nor by public', { 'Cache-Control': 'public' }],
  ['§4.2.1: two words on one thing', { 'Cache-Control': 'max-age=60, max-age=120' }],
  ['§4.2.1: max-age without a value, before Expires', { 'Cache-Control': 'max-age', Date: date(), Expires: date(60) }],
  ['§1.2.2: no number', { 'Cache-Control': 'max-age=60abc' }],
  ['§1.2.2: no whole number', { 'Cache-Control': 'max-age=60.5' }],
  ['§1.2.2: less than nothing', { 'Cache-Control': 'max-age=-60' }],
  ['§5.2: a directive inside a text is none', { 'Cache-Control': 'max-age=0, ext="x, max-age=60"' }],
  ['§5.2.2.10: s-maxage before max-age', { 'Cache-Control': 'max-age=60, s-maxage=0' }],
  ['§5.2.2.10: s-maxage that cannot be read', { 'Cache-Control': 'max-age=60, s-maxage=x' }],
  ['§5.3: Expires that is no date', { Date: date(), Expires: '0' }],
  ['§5.3: Expires that looks like a year', { Date: date(), Expires: '3000' }],
  ['§5.3: Expires in another zone', { Date: date(), Expires: date(60).replace('GMT', 'EST') }],
  ['§5.3: two Expires', { Date: date(), Expires: `${date(60)}, ${date(60)}` }],
  ['§5.1: older than it is good for, when it comes', { ...minute, Age: '60' }],
  ['§5.1: the first of two ages', { ...minute, Age: '70, 5' }],
] as readonly (readonly [string, Given, number?])[])
  test(`not kept, or not for any time: ${section}`, steps, [
    { says, gets: 'asked', ...(status && { status }) },
    { gets: 'asked' },
  ]);

for (const [section, says, more] of [
  ['§4.2.1: max-age', minute],
  ['§4.2.1: max-age as text', { 'Cache-Control': 'Max-Age="60"' }],
  ['§4.2.1: the same word twice', { 'Cache-Control': 'max-age=60, max-age=60' }],
  ['§1.2.2: more than can be counted', { 'Cache-Control': `max-age=${'9'.repeat(400)}` }],
  ['§5.2.2.10: s-maxage', { 'Cache-Control': 'max-age=0, s-maxage=60' }],
  ['§5.3: Expires', { Date: date(), Expires: date(60) }],
  ['§5.3: Expires without Date', { Expires: date(60) }],
  ['§5.3: Expires in an old form', { Date: date(), Expires: 'Saturday, 03-Oct-26 10:01:00 GMT' }],
  ['§5.3: max-age before Expires', { ...minute, Date: date(), Expires: date(-60) }],
  ['§5.1: an age that cannot be read is none', { ...minute, Age: '-100' }],
  ['§5.1: nor is this', { ...minute, Age: 'old' }],
  ['§3: a redirect by the word of the origin', minute, { status: 302 }],
  ['§3: a 404, too', minute, { status: 404 }],
] as readonly (readonly [string, Given, Partial<Step>?])[])
  test(`kept: ${section}`, steps, [
    { says, gets: 'asked', ...more },
    { at: 40, gets: 0 },
  ]);

test(
  '§3.5: what was asked with Authorization only by leave of the origin',
  steps,
  [
    { sends: { Authorization: 'Basic YTpi' }, says: minute, gets: 'asked' },
    { sends: { Authorization: 'Basic YTpi' }, says: { 'Cache-Control': 'public, max-age=60' }, gets: 'asked' },
    { sends: { Authorization: 'Basic YTpi' }, gets: 1 },
    { sends: { Authorization: 'Basic YjpjYQ==' }, says: { 'Cache-Control': 's-maxage=60' }, gets: 'asked' },
    { gets: 'asked' },
  ],
  { vary: [{ from: 'basicUser' }] },
);

test('§4: another query is another resource', steps, [
  { says: minute, gets: 'asked' },
  { target: '/x?a', gets: 'asked' },
]);

test('§4.1: by what Vary names, the last of it', steps, [
  { sends: { Accept: 'a' }, says: { ...minute, Vary: 'accept' }, gets: 'asked' },
  { sends: { Accept: 'b' }, says: { ...minute, Vary: 'Accept, Accept-Language' }, gets: 'asked' },
  { sends: { Accept: 'b', 'Accept-Language': 'de' }, says: minute, gets: 'asked' },
  { sends: { Accept: 'b' }, gets: 2 },
]);

test('§4.2.3, §5.1: age counts from where it came, the way here included', steps, [
  { says: { ...minute, Age: '10' }, takes: 5000, gets: 'asked' },
  { at: 6, gets: 0, sees: { age: '16' } },
  { at: 49, gets: 0, sees: { age: '59' } },
  { at: 50, gets: 'asked' },
]);

test('RFC 9110 §6.6.1: an answer without a date gets that of its coming', steps, [
  { says: minute, gets: 'asked', lacks: ['date'] },
  { at: 10, gets: 0, sees: { date: date(), age: '10' } },
]);

test('§4.2.4: past its time it is asked about, not given', steps, [
  { says: tagged, gets: 'asked' },
  { at: 61, status: 304, says: minute, gets: 0, asks: { 'if-none-match': '"v1"' } },
  { at: 120, gets: 0, sees: { age: '59', etag: '"v1"' } },
]);

test('§4.3.1: by its date, where it has no tag', steps, [
  { says: { ...minute, 'Last-Modified': date(-60) }, gets: 'asked' },
  { at: 61, status: 304, says: minute, gets: 0, asks: { 'if-modified-since': date(-60) } },
]);

test("§4.3.2: a client's own copy is answered for from memory", steps, [
  { says: { ...tagged, 'Last-Modified': date(-60) }, gets: 'asked' },
  { sends: { 'If-None-Match': 'W/"v1"' }, gets: 0, statusSeen: 304, sees: { etag: '"v1"' }, lacks: ['content-length'] },
  { sends: { 'If-None-Match': '"v2"', 'If-Modified-Since': date() }, gets: 0 },
  { sends: { 'If-Modified-Since': date(-60) }, gets: 0, statusSeen: 304 },
  { sends: { 'If-Modified-Since': date(-61) }, gets: 0 },
  { sends: { 'If-Modified-Since': 'yesterday' }, gets: 0 },
]);

test('§4.3.2: past its time what is kept is asked about, in place of the copy', steps, [
  { says: tagged, gets: 'asked' },
  { at: 61, sends: { 'If-None-Match': '"v0"' }, status: 304, says: minute, gets: 0, asks: { 'if-none-match': '"v1"' } },
  { at: 122, sends: { 'If-None-Match': '"v0"' }, says: { ...minute, ETag: '"v2"' }, gets: 'asked' },
  { at: 130, gets: 2 },
]);

test('§4.3.4: a 304 renews what it says something of, but not what the body is', steps, [
  { says: { ...tagged, 'Content-Type': 'a/b', 'X-Of': 'first', 'X-Old': 'o' }, gets: 'asked' },
  {
    at: 61,
    status: 304,
    says: { ...minute, 'Content-Type': 'c/d', 'Content-Length': '0', 'X-Of': 'second', Date: date(61), Age: '20' },
    gets: 0,
    asks: {},
    sees: { 'content-type': 'a/b', 'content-length': '8', 'x-of': 'second', 'x-old': 'o', date: date(61), age: '20' },
  },
  { at: 100, gets: 0, sees: { age: '59' } },
  { at: 101, gets: 'asked' },
]);

for (const [what, says] of [
  ['another tag', { ...minute, ETag: '"v2"' }],
  ['another date', { ...minute, 'Last-Modified': date(-1) }],
  ['a cookie', { ...minute, 'Set-Cookie': 'a=b' }],
] as const)
  test(`§4.3.4: a 304 with ${what} is not about what is kept`, async (t) => {
    const { clock, kept, policy, reply } = httpRig({});
    const answers = [
      [200, { ...tagged, 'Last-Modified': date(-60) }],
      [304, says],
      [200, minute],
    ] as const;
    let asked = 0;
    const ask: Ask = () => {
      const [status, raw] = answers[asked]!;
      asked += 1;
      const attempt = { side: 'legacy', destination: 'o', ms: 1, status, reason: null, reached: 'all' } as const;
      const came = reply({ status, reason: '', raw: rawOf(raw) }, Buffer.from(`answer ${asked}`));
      return Promise.resolve({ reply: came, error: null, attempts: [attempt], fallback: null });
    };
    const arrival = { ...plainCall({ method: 'GET', target: '/x' }), body: noBody(), deadline: new CallDeadline() };
    const get = () => kept.http.through(policy, 'legacy', arrival as unknown as Arriving, ask);
    await get();
    clock.now += 61_000;
    t.is((await get()).reply?.body.bytes?.toString(), 'answer 3');
  });

test('§4.4: a method that is not safe takes back what is kept of its target, and of where its answer points', steps, [
  { says: minute, gets: 'asked' },
  { target: '/y', says: minute, gets: 'asked' },
  { method: 'HEAD', gets: 'asked' },
  { target: '/x', gets: 0 },
  { method: 'PATCH', says: { Location: '/y' }, gets: 'asked' },
  { gets: 'asked' },
  { target: '/y', gets: 'asked' },
]);

for (const [what, kept, told, status] of [
  ['another ETag', tagged, { ETag: '"v2"' }],
  ['an ETag of its own', minute, { ETag: '"v1"' }],
  ['another Last-Modified', { ...minute, 'Last-Modified': date(-10) }, { 'Last-Modified': date(-5) }],
  ['another length', minute, { 'Content-Length': '9' }],
  ['another length under the same ETag', tagged, { ETag: '"v1"', 'Content-Length': '9' }],
  ['that it is there, after all', minute, {}, 404],
] as readonly (readonly [string, Given, Given, number?])[])
  test(`§4.3.5: what a HEAD tells of takes the kept answer back: ${what}`, steps, [
    { says: kept, gets: 'asked', ...(status && { status }) },
    { method: 'HEAD', says: told, gets: 'asked' },
    { gets: 'asked' },
  ]);

for (const [what, kept, told, more] of [
  ['the same', tagged, { ETag: '"v1"', 'Content-Length': '8' }],
  ['the same, weakly', tagged, { ETag: 'W/"v1"' }],
  ['nothing of it', tagged, {}],
  ['that it failed', tagged, { ETag: '"v2"' }, { status: 500 }],
  ['another representation, most likely', { ...tagged, Vary: 'Accept' }, { ETag: '"v2"' }],
  ['what is elsewhere', tagged, { ETag: '"v2"' }, { target: '/y' }],
] as readonly (readonly [string, Given, Given, Partial<Step>?])[])
  test(`§4.3.5: a HEAD leaves the kept answer where it tells of ${what}`, steps, [
    { says: kept, gets: 'asked' },
    { method: 'HEAD', says: told, gets: 'asked', ...more },
    { gets: 0 },
  ]);

test('§4.4: what is elsewhere is left', steps, [
  { says: minute, gets: 'asked' },
  { host: 'other.example', says: minute, gets: 'asked' },
  { target: '/y', method: 'POST', says: { 'Content-Location': 'http://other.example/x' }, gets: 'asked' },
  { gets: 0 },
  { host: 'other.example', gets: 1 },
]);

test('§5.2.1.1: max-age, and nothing past its time with it', steps, [
  { says: lenient, gets: 'asked' },
  { at: 30, sends: { 'Cache-Control': 'max-age=30' }, gets: 0 },
  { at: 31, sends: { 'Cache-Control': 'max-age=30' }, says: lenient, gets: 'asked' },
  { at: 92, sends: { 'Cache-Control': 'max-age=600' }, says: minute, gets: 'asked' },
]);

test('§5.2.1.2: max-stale gives leave that is not taken', steps, [
  { says: minute, gets: 'asked' },
  { at: 61, sends: { 'Cache-Control': 'max-stale' }, gets: 'asked' },
]);

test('§5.2.1.3: min-fresh', steps, [
  { says: minute, gets: 'asked' },
  { at: 30, sends: { 'Cache-Control': 'min-fresh=30' }, gets: 0 },
  { at: 31, sends: { 'Cache-Control': 'min-fresh=30' }, gets: 'asked' },
]);

test('§5.2.1.4: no-cache, and Pragma where there is nothing newer', steps, [
  { says: tagged, gets: 'asked' },
  { sends: { 'Cache-Control': 'no-cache' }, says: tagged, gets: 'asked', asks: { 'if-none-match': '"v1"' } },
  { gets: 1 },
  { sends: { Pragma: 'no-cache' }, says: tagged, gets: 'asked' },
  { sends: { Pragma: 'no-cache', 'Cache-Control': 'max-age=60' }, gets: 3 },
]);

test('§5.2.1.5: no-store is neither given nor kept', steps, [
  { sends: { 'Cache-Control': 'no-store' }, says: minute, gets: 'asked' },
  { says: minute, gets: 'asked' },
  { sends: { 'Cache-Control': 'no-store' }, says: minute, gets: 'asked' },
  { gets: 1 },
]);

test('§5.2.1.7: only-if-cached, or nothing', steps, [
  { sends: { 'Cache-Control': 'only-if-cached' }, gets: 'none' },
  { says: minute, gets: 'asked' },
  { sends: { 'Cache-Control': 'only-if-cached' }, gets: 1 },
  { sends: { 'Cache-Control': 'only-if-cached, max-age=5' }, at: 6, gets: 'none' },
  { sends: { 'Cache-Control': 'only-if-cached', Cookie: 'a=b' }, at: 6, gets: 'none' },
  { sends: { 'Cache-Control': 'only-if-cached' }, at: 60, gets: 'none' },
]);

test(
  '§5.2.2.4: no-cache is kept, and asked about each time',
  steps,
  [
    { says: { 'Cache-Control': 'no-cache', ETag: '"v1"' }, gets: 'asked' },
    { status: 304, says: {}, gets: 0, asks: { 'if-none-match': '"v1"' } },
    { says: {}, status: 503, statusSeen: 503, gets: 'asked' },
  ],
  { staleIfError: 60_000, staleWhileRevalidate: 60_000, ttl: 60_000 },
);

for (const word of ['must-revalidate', 'proxy-revalidate', 's-maxage=60'])
  test(
    `§5.2.2.2, §5.2.2.8, §5.2.2.10: nothing is given past its time with ${word}, whatever the file says`,
    steps,
    [
      {
        says: { 'Cache-Control': `max-age=60, ${word}, stale-if-error=600, stale-while-revalidate=600` },
        gets: 'asked',
      },
      { at: 59, gets: 0 },
      { at: 61, status: 503, says: {}, gets: 'asked' },
    ],
    { staleIfError: 600_000, staleWhileRevalidate: 600_000 },
  );

test('RFC 5861 §3: past its time while a new one is asked for', steps, [
  { says: { 'Cache-Control': 'max-age=60, stale-while-revalidate=30' }, gets: 'asked' },
  { at: 89, says: minute, gets: 0, asks: {} },
  { at: 90, gets: 1 },
]);

test('RFC 5861 §4: past its time where nobody answers, but not to who asked for better', steps, [
  { says: { 'Cache-Control': 'max-age=60, stale-if-error=30' }, gets: 'asked' },
  { at: 61, status: 503, gets: 0, asks: {}, sees: { age: '61' } },
  { at: 61, status: 503, sends: { 'Cache-Control': 'no-cache' }, gets: 'asked' },
  { at: 61, status: 503, sends: { 'Cache-Control': 'max-age=70' }, gets: 'asked' },
  { at: 91, status: 503, gets: 'asked' },
]);

test(
  'what is soon over is not renewed with every call',
  steps,
  [
    { says: minute, gets: 'asked' },
    { at: 29, gets: 0 },
    { at: 31, says: { ...minute, 'X-Of': 'new' }, gets: 0, asks: {} },
    { at: 40, gets: 2 },
  ],
  { refreshAhead: 600_000 },
);

test('§3.3, RFC 9110 §14: parts are left alone', steps, [
  { sends: { Range: 'bytes=0-1' }, says: minute, status: 206, gets: 'asked' },
  { says: minute, gets: 'asked' },
  { sends: { Range: 'bytes=0-1' }, status: 206, gets: 'asked' },
  { sends: { 'If-Range': '"v1"' }, gets: 'asked' },
]);

test('what a proxy in front says that a call was for is part of what was asked', steps, [
  { sends: { 'X-Forwarded-Host': 'one.example' }, says: minute, gets: 'asked' },
  { sends: { 'X-Forwarded-Host': 'two.example' }, says: minute, gets: 'asked' },
  { sends: { 'X-Forwarded-Host': 'one.example' }, gets: 0 },
  { sends: { 'X-Forwarded-Proto': 'https' }, says: minute, gets: 'asked' },
  { sends: { Forwarded: 'for=192.0.2.1;host=one.example' }, says: minute, gets: 'asked' },
  { sends: { Forwarded: 'for=192.0.2.2;Host=two.example' }, says: minute, gets: 'asked' },
  { sends: { Forwarded: 'for=192.0.2.3;host=one.example' }, gets: 4 },
  { says: minute, gets: 'asked' },
]);

for (const name of ['X-Original-URL', 'X-HTTP-Method-Override'])
  test(`what some servers take for path or method, ${name}, is neither given nor kept`, steps, [
    { sends: { [name]: '/admin' }, says: minute, gets: 'asked' },
    { says: minute, gets: 'asked' },
    { sends: { [name]: '/admin' }, says: minute, gets: 'asked' },
    { gets: 1 },
  ]);

test('§1.2.2: what cannot be counted is 2^31', (t) => t.is(secondsIn('9'.repeat(400)), 2 ** 31));

test('dates in all three forms, and in no other', (t) => {
  const at = Date.parse('1994-11-06T08:49:37Z');
  for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
    t.is(httpDate(text), at, text);
  for (const text of [undefined, '', '0', '784111777', '1994-11-06T08:49:37Z', 'Sun, 06 Nov 1994 08:49:37 +0100'])
    t.is(httpDate(text), null, text);
});
