// Kept answers in this process, bounded by bytes, and the order of reads and writes: a read that began before a write must not
// put back what the write took away.
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { doomed } from './doomed.ts';
import { endOf, sizeOf, type Entry } from './entry.ts';
import { keysByTag } from './keys-by-tag.ts';

/** A read that is under way. */
export interface Reading {
  /** The write it came after: all later ones are newer than what it may have read. */
  readonly after: number;
}

export interface Memory {
  get(key: string, now: number): Entry | undefined;
  /** Before the first byte of a read goes out. */
  begin(): Reading;
  /** Answers false where a write has taken one of the entry's tags back since the read began; nothing is kept then. */
  put(key: string, entry: Entry, reading: Reading): boolean;
  /** The read is over, stored or not. */
  done(reading: Reading): void;
  /** Takes back all that has one of these: none is given from now on, though very many are freed some at a time. Answers how many. */
  invalidate(tags: readonly string[]): number;
  /** Is what this read will bring already taken back? */
  isOutdated(reading: Reading, tags: readonly string[]): boolean;
  /** All that has this tag. */
  tagged(tag: string): Entry[];
  /** Without any trace of having looked. */
  peek(key: string): Entry | undefined;
  /**
   * Takes back all that this says yes to, and, at once, what is being read: nobody knows what it will be. Looks at every answer, some of them at
   * a time, with calls served between; all are gone when it resolves. Resolves with how many.
   */
  purge(is: (entry: Entry, key: string) => boolean): Promise<number>;
  /** Takes back all there is, and what is being read. Answers how many. */
  clear(): number;
  readonly entries: number;
  readonly bytes: number;
  /** In bytes. */
  readonly bound: number;
}

/** No tag of an entry's: tags have a name before their colon. */
const everything = '';

/** `atATime`: answers that are looked at, or freed, without a pause; some milliseconds. */
export const memory = (maxBytes: number, atATime = 5000): Memory => {
  const keysOf = keysByTag();
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: sizeOf,
    dispose: (entry, key, why) => {
      if (why !== 'set') forget(entry, key);
    },
  });
  const forget = (entry: Entry, key: string): void => {
    for (const tag of entry.tags) keysOf.remove(tag, key);
  };
  const gone = doomed((key) => void entries.delete(key), atATime);
  let writes = 0;
  /** Tag → the last write that took it back; kept for as long as a read is under way that began before it. */
  const taken = new Map<string, number>();
  const under = new Set<Reading>();
  const prune = (): void => {
    const [oldest] = under;
    for (const [tag, write] of taken) {
      if (oldest !== undefined && write > oldest.after) return;
      taken.delete(tag);
    }
  };
  const isOutdated = ({ after }: Reading, tags: readonly string[]): boolean =>
    (taken.get(everything) ?? 0) > after || tags.some((tag) => (taken.get(tag) ?? 0) > after);
  const peek = (key: string): Entry | undefined => (gone.has(key) ? undefined : entries.peek(key));
  const take = (tags: readonly string[]): void => {
    writes += 1;
    for (const tag of tags) {
      taken.delete(tag); // so that the order of the map stays that of the writes
      taken.set(tag, writes);
    }
  };
  return {
    get(key, now) {
      if (gone.has(key)) return undefined;
      const entry = entries.get(key);
      if (entry === undefined || endOf(entry) >= now) return entry;
      entries.delete(key);
      return undefined;
    },
    begin() {
      const reading = { after: writes };
      under.add(reading);
      return reading;
    },
    put(key, entry, reading) {
      if (isOutdated(reading, entry.tags)) return false;
      const before = entries.peek(key);
      if (before !== undefined) forget(before, key);
      gone.spare(key);
      entries.set(key, entry);
      // What is larger than all of it is not taken in.
      if (entries.peek(key) !== entry) return false;
      for (const tag of entry.tags) keysOf.add(tag, key);
      return true;
    },
    done(reading) {
      under.delete(reading);
      prune();
    },
    invalidate(tags) {
      take(tags);
      let removed = 0;
      for (const tag of tags) {
        const keys = keysOf.take(tag);
        if (keys.size > atATime) {
          removed += keys.size;
          gone.add(keys);
        } else for (const key of keys) if (entries.delete(key)) removed += 1;
      }
      prune();
      return removed;
    },
    isOutdated,
    tagged: (tag) => keysOf.of(tag).flatMap((key) => peek(key) ?? []),
    peek,
    async purge(is) {
      take([everything]);
      prune();
      let removed = 0;
      const keys = [...entries.keys()]; // taken before any goes
      for (const [nth, key] of keys.entries()) {
        if (nth % atATime === atATime - 1) await setImmediate();
        const entry = peek(key);
        if (entry !== undefined && is(entry, key) && entries.delete(key)) removed += 1;
      }
      return removed;
    },
    clear() {
      take([everything]);
      const { size } = entries;
      entries.clear();
      prune();
      return size;
    },
    bound: maxBytes,
    get entries() {
      return entries.size;
    },
    get bytes() {
      return entries.calculatedSize;
    },
  };
};
