// Fuzzes for a while: `npm run fuzz -- replies --minutes 15 --seed 7`. Without a name, each fuzzer has half the time.
// `--case N` makes one case of a seed again and shows it. `--keep` adds a case of each new kind to test/corpus/.
import { parseArgs } from 'node:util';
import { corpusOf, keepIn } from './corpus.ts';
import { fuzzers } from './fuzzers.ts';
import { shrunk, type FuzzCase, type Fuzzer } from './fuzzer.ts';
import { randomOf } from './random.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    case: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seed = Number(values.seed);
const chosen = positionals.length === 0 ? fuzzers : fuzzers.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0) throw new Error(`no such fuzzer; there are ${fuzzers.map(({ name }) => name).join(', ')}`);

/** Characters of a case that is kept. */
const keepable = 1500;

/** Answers how many kinds of wrong were found. */
const fuzz = async (fuzzer: Fuzzer<FuzzCase>, milliseconds: number): Promise<number> => {
  const kinds = new Set<string>();
  for (const known of corpusOf(fuzzer.name)) kinds.add((await fuzzer.judge(known)).kind);
  const [before, began] = [kinds.size, performance.now()];
  let [cases, disagreements, wrong] = [0, 0, 0];
  for (; performance.now() - began < milliseconds; cases++) {
    const given = fuzzer.generate(randomOf(seed, cases));
    const judged = await fuzzer.judge(given);
    if (judged.wrong !== null) disagreements++;
    if (kinds.has(judged.kind)) continue;
    kinds.add(judged.kind);
    if (judged.wrong === null) {
      if (values.keep && given.bytes.length < keepable) keepIn(fuzzer.name, given);
      continue;
    }
    wrong++;
    const small = await shrunk(fuzzer, given);
    say(
      `${fuzzer.name} --seed ${seed} --case ${cases}: ${(await fuzzer.judge(small)).wrong}\n${JSON.stringify(small)}`,
    );
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  say(
    `${fuzzer.name} --seed ${seed}: ${cases} cases in ${seconds} s, ${disagreements} disagreements of ${wrong} kinds, ${kinds.size - before} new kinds`,
  );
  return wrong;
};

if (values.case !== undefined) {
  for (const fuzzer of chosen) {
    const given = fuzzer.generate(randomOf(seed, Number(values.case)));
    say(JSON.stringify({ given, ...(await fuzzer.judge(given)) }, null, 1));
  }
} else {
  let wrong = 0;
  for (const fuzzer of chosen) wrong += await fuzz(fuzzer, (Number(values.minutes) * 60_000) / chosen.length);
  process.exitCode = wrong === 0 ? 0 : 1;
}
