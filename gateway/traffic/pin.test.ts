import { createHmac } from 'node:crypto';
import test from 'ava';
import * as fc from 'fast-check';
import { pinned, signPin } from './pin.ts';

const until = 2_000_000_000; // seconds
const now = 1_999_999_999_000; // milliseconds, one second before
const id = 'orders.GetOrder';

test('a pin says its side until its time is over', (t) => {
  const pin = signPin('s3cret', 'modern', until);
  t.is(pinned(pin, id, 's3cret', now), 'modern');
  t.is(pinned(pin, id, 's3cret', now + 999), 'modern');
  t.is(pinned(pin, id, 's3cret', now + 1000), null);
});

test('the format is fixed, for testers have scripts', (t) => {
  // printf 'modern;2000000000;*' | openssl dgst -sha256 -hmac s3cret
  t.is(
    signPin('s3cret', 'modern', until),
    'modern;2000000000;4ff1bd956dac0480bcd1a5fe9ddd376157ba391c58f978c28cf33575daa898bf',
  );
  t.is(
    signPin('s3cret', 'legacy', until, 'orders'),
    'legacy;2000000000;orders;2a956701b1e013465106578d8ad53e4e0283bfc129dd26646c4c7c3aafb3cd37',
  );
});

const covers = test.macro<[string, string, boolean]>({
  exec: (t, scope, of, answer) =>
    t.is(pinned(signPin('s', 'legacy', until, scope), of, 's', now), answer ? 'legacy' : null),
  title: (_, scope, of, answer) => `a pin for "${scope}" is ${answer ? '' : 'not '}for ${of}`,
});
test(covers, '*', id, true);
test(covers, 'orders', id, true);
test(covers, 'orders.GetOrder', id, true);
test(covers, 'orders.GetOrder', 'orders.GetOrder.v2', false);
test(covers, 'orders.Get', id, false);
test(covers, 'order', id, false);
test(covers, 'invoices', id, false);
test(covers, 'api.GET /orders/{id}', 'api.GET /orders/{id}', true);

const ignored = test.macro((t, header: string | null, secret: string | null = 's') =>
  t.is(pinned(header, id, secret, now), null),
);
const good = signPin('s', 'modern', until);
test('no header', ignored, null);
test('an empty header', ignored, '');
test('garbage', ignored, ';;;;;;');
test('another secret', ignored, good, 'other');
test('no secret in the file', ignored, good, null);
test('an empty secret is no secret', (t) => {
  const signature = createHmac('sha256', '').update('modern;2000000000;*').digest('hex');
  t.is(pinned(`modern;2000000000;${signature}`, id, '', now), null);
});
test('a side that is none', ignored, good.replace('modern', 'shadow'));
test('a later end than was signed', ignored, good.replace('2000000000', '2000000001'));
test('another side than was signed', ignored, good.replace('modern', 'legacy'));
test('a wider scope than was signed', ignored, signPin('s', 'modern', until, 'invoices').replace('invoices;', ''));
test('a narrower scope than was signed', ignored, good.replace('2000000000;', '2000000000;orders;'));
test('a signature cut short', ignored, good.slice(0, -2));
test('a signature that is no hex', ignored, `${good.slice(0, -1)}g`);

test('an empty secret signs nothing', (t) => {
  t.throws(() => signPin('', 'modern', until), { message: /empty/ });
});

test('no header makes it throw or pin anything unsigned', (t) => {
  const part = fc.oneof(
    fc.constantFrom('modern', 'legacy', ';', '*', 'orders', '2000000000', 'a'.repeat(64)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
      t.is(pinned(parts.join(''), id, 's', now), null);
      t.is(pinned(parts.join(';'), id, 's', now), null);
    }),
    { numRuns: 300 },
  );
});
