import test from 'ava';
import { corpusOf } from './corpus.ts';
import { fuzzers } from './fuzzers.ts';
import { shrunk, type FuzzCase, type Fuzzer } from './fuzzer.ts';
import { randomOf } from './random.ts';

for (const fuzzer of fuzzers) {
  test(`${fuzzer.name}: of the cases that were kept, ours and the oracles say the same`, async (t) => {
    const cases = corpusOf(fuzzer.name);
    t.true(cases.length > 50);
    for (const given of cases) t.is((await fuzzer.judge(given)).wrong, null, JSON.stringify(given));
  });

  test(`${fuzzer.name}: of new cases, too, the same ones each time`, async (t) => {
    for (let index = 0; index < 1500; index++) {
      const given = fuzzer.generate(randomOf(1, index));
      t.is((await fuzzer.judge(given)).wrong, null, JSON.stringify(given));
    }
    t.deepEqual(fuzzer.generate(randomOf(1, 7)), fuzzer.generate(randomOf(1, 7)));
  });
}

test('a case is made smaller as long as it stays wrong in the same way', async (t) => {
  const fuzzer: Fuzzer<FuzzCase> = {
    name: 'needle',
    generate: () => ({ bytes: '', cuts: [] }),
    judge: ({ bytes }) =>
      Promise.resolve(bytes.includes('ab') ? { kind: 'ab', wrong: 'has ab' } : { kind: 'none', wrong: null }),
  };
  t.deepEqual(await shrunk(fuzzer, { bytes: 'xxxxaxxabxxxbxx', cuts: [3] }), { bytes: 'ab', cuts: [] });
});
