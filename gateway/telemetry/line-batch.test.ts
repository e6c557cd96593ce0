import test from 'ava';
import * as fc from 'fast-check';
import { lineBatch } from './line-batch.ts';

test('lines come out whole and in order, whatever they hold and however long they are', (t) => {
  const line = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `${text.toWellFormed()}\n`);
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 8, max: 100 }), (lines, size) => {
      const handed: Buffer[] = [];
      const batch = lineBatch(size, (block) => handed.push(block));
      for (const each of lines) batch.add(each);
      batch.flush();
      t.is(Buffer.concat(handed).toString(), lines.join(''));
    }),
    { numRuns: 300 },
  );
});

test('nothing is handed on before a block is full, and a block is its own to keep', (t) => {
  const handed: Buffer[] = [];
  const batch = lineBatch(40, (block) => handed.push(block));
  batch.add('1234567890\n');
  t.deepEqual(handed, []);
  batch.add('abcdefghij\n');
  batch.add('ABCDEFGHIJ\n');
  t.deepEqual(handed.map(String), ['1234567890\n', 'abcdefghij\n']);
});
