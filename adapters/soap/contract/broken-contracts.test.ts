// Contracts that are broken in any way end with a named error or with reasons, never with a crash or a hang.
import * as fc from 'fast-check';
import test from 'ava';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderWith } from '../../../test/helpers/wsdl.ts';
import { goldenContract } from '../../../test/helpers/contracts.ts';
import { folder, wsdls } from '../../../test/wsdls/outcome.ts';
import { AdapterError } from '../../errors.ts';
import { inspectContract } from './inspect.ts';

const small = [];
for (const name of wsdls()) {
  const text = await readFile(join(folder, name), 'utf8');
  // Imports lead elsewhere once a document is moved: what is said after them would not be reached.
  if (text.length < 20_000 && !/:?import\s[^>]*ocation/.test(text)) small.push(text);
}
const texts = [await readFile(goldenContract('shapes.wsdl'), 'utf8'), ...small];
const pieces = texts.flatMap((text) => text.match(/<[^>]+>|"[^"]*"/g) ?? []);

const edit = fc.record({
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  take: fc.nat({ max: 3 }),
  put: fc.oneof(
    fc.constant(''),
    fc.nat({ max: pieces.length - 1 }).map((index) => pieces[index] ?? ''),
    fc.constantFrom(
      '"-1"',
      '"0"',
      '"unbounded"',
      '"999999999999"',
      '""',
      '"x:nothing"',
      '"t:"',
      '":"',
      '"__proto__"',
      '"constructor"',
    ),
  ),
});
const broken = fc.record({ text: fc.constantFrom(...texts), edits: fc.array(edit, { minLength: 1, maxLength: 3 }) });

/** Whole tags and whole attribute values are taken out and put in, so that most results are well-formed. */
const applied = (text: string, edits: readonly { at: number; take: number; put: string }[]): string =>
  edits.reduce((before, { at, take, put }) => {
    const tokens = before.split(put.startsWith('"') ? /("[^"]*")/ : /(<[^>]+>)/);
    const index = Math.floor((at * tokens.length) / 2) * 2 + 1;
    return tokens.toSpliced(index, put.startsWith('"') ? 1 : take, put).join('');
  }, text);

test('a contract with tags and values replaced is read, or refused by name', async (t) => {
  const file = join(await folderWith(t, {}), 'service.wsdl');
  let read = 0;
  await fc.assert(
    fc.asyncProperty(broken, async ({ text, edits }) => {
      await writeFile(file, applied(text, edits));
      try {
        await inspectContract(file, {});
        read += 1;
      } catch (error) {
        if (!(error instanceof AdapterError)) throw error;
      }
    }),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
  );
  t.true(read > 0);
});
