// JSON whose numbers survive: what a double cannot hold as written arrives as its text, so that a price keeps its digits.
import type { Json } from '../adapter.ts';
import { inTurns } from '../turns.ts';
import { JsonReader } from './json-reader.ts';

/** Characters that are read at a time. */
const slice = 16 * 1024;

/**
 * `bytes`: a whole text in UTF-8, of any size; a large one is read in slices, so that it holds nobody up. Rejects with
 * JsonError, and with TypeError for what is no UTF-8. `1.10` and `9007199254740993` come out as strings, `7` and `1.5` as numbers.
 */
export const exactJson = async (bytes: Buffer): Promise<Json> => {
  const reader = new JsonReader(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  await inTurns(() => reader.read(slice));
  return reader.value;
};
