import test from 'ava';
import * as fc from 'fast-check';
import { queryValue } from './query.ts';

const reads = test.macro<[string, string, string | null]>({
  exec: (t, target, name, value) => t.is(queryValue(target, name), value),
  title: (_, target, name, value) => `"${name}" of ${target} is ${JSON.stringify(value)}`,
});
test(reads, '/a?id=1&id=2', 'id', '1');
test(reads, '/a?x=1&id=2', 'id', '2');
test(reads, '/a?id', 'id', '');
test(reads, '/a?id=', 'id', '');
test(reads, '/a?xid=1', 'id', null);
test(reads, '/a?', 'id', null);
test(reads, '/a', 'id', null);
test(reads, '/id=1', 'id', null);
test(reads, '/a?&&id=1', 'id', '1');
test(reads, '/a?id=a=b', 'id', 'a=b');
test(reads, '/a?q=x?id=1', 'id', null);
test(reads, '/a?i%64=J%C3%BCrgen+B', 'id', 'Jürgen B');
test(reads, '/a?id=J%FCrgen', 'id', 'J%FCrgen');
test(reads, '/a?id=100%', 'id', '100%');

test('what URLSearchParams writes is read back', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (name, value) => {
      const query = new URLSearchParams([
        ['a', 'b'],
        [name, value],
      ]);
      t.is(queryValue(`/path?${query.toString()}`, name), name === 'a' ? 'b' : value);
    }),
    { numRuns: 300 },
  );
});
