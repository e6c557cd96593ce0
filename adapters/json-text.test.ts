import test from 'ava';
import * as fc from 'fast-check';
import { jsonText } from './json-text.ts';
import type { Json } from './adapter.ts';

test('-0 keeps its sign wherever it stands, and 0 has none', (t) => {
  t.is(jsonText(-0), '-0');
  t.is(jsonText([0, -0, { a: -0, b: 0, c: '-0' }]), '[0,-0,{"a":-0,"b":0,"c":"-0"}]');
  t.is(jsonText({ a: 0, b: ',0,' }), '{"a":0,"b":",0,"}');
});

test('values are read back as they were, and texts without -0 are those of JSON.stringify', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const json = value as Json;
      t.deepEqual(JSON.parse(jsonText(json)), json);
      if (!jsonText(json).includes('-0')) t.is(jsonText(json), JSON.stringify(json));
    }),
    { numRuns: 300, examples: [[[-0]], [{ a: [0, { b: -0 }] }]] },
  );
});
