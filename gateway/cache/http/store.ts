// Kept answers of plain HTTP in this process, by what they vary by, and whether they may be trusted.
import { LRUCache } from 'lru-cache';
import type { Entry } from '../entry.ts';
import type { Memory, Reading } from '../memory.ts';
import type { Shared } from '../shared.ts';
import { trusted } from '../trusted.ts';
import type { HttpCachePolicy } from './policy.ts';
import { keyOf, ownKeyOf, type Question } from './question.ts';

export interface Store {
  /** As far as is known what its answers vary by. */
  keyNow(question: Question): string;
  /** They vary by these. */
  learn(question: Question, names: readonly string[]): void;
  /** Undefined: there is none, or a write may have taken it back unheard. `now`: milliseconds since 1970. */
  get(question: Question, key: string, now: number): Entry | undefined;
  /** Answers false where a write has taken it back since the read began. */
  put(question: Question, entry: Entry, reading: Reading): boolean;
  /** Where news of writes is missing, what some operation takes back by name is not given. */
  isTrusted(policy: HttpCachePolicy): boolean;
}

/** Bytes that the names in Vary may take. */
const varying = 4 * 1024 * 1024;

export const store = (memory: Memory, shared: Shared | null): Store => {
  /** What the answers to a question vary by, as the last of them had it. */
  const varies = new LRUCache<string, readonly string[]>({
    maxSize: varying,
    sizeCalculation: (names) => 250 + names.join().length,
  });
  const learn = ({ primary }: Question, names: readonly string[]): void => void varies.set(primary, names);
  const isTrusted = trusted(shared);
  return {
    keyNow: (question) => keyOf(question, varies.get(question.primary) ?? []),
    learn,
    get: ({ policy }, key, now) => (isTrusted(policy) ? memory.get(key, now) : undefined),
    put(question, entry, reading) {
      learn(question, entry.http?.vary ?? []);
      return memory.put(ownKeyOf(question, entry), entry, reading);
    },
    isTrusted,
  };
};
