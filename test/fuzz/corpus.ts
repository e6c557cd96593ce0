// Cases that are kept: one line of JSON each, in test/corpus/. Replayed by corpus.test.ts.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FuzzCase } from './fuzzer.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(`../corpus/${name}.jsonl`, import.meta.url));

export const corpusOf = (name: string): readonly FuzzCase[] => {
  const file = fileOf(name);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FuzzCase);
};

export const keepIn = (name: string, given: FuzzCase): void =>
  appendFileSync(fileOf(name), `${JSON.stringify(given)}\n`);
