// Keys whose answers are taken back, but still take memory: very many at once would keep every call waiting.
import { setImmediate } from 'node:timers/promises';

export interface Doomed {
  has(key: string): boolean;
  /** From now on. They are freed some at a time, with calls served between. */
  add(keys: Set<string>): void;
  /** By this key there is to be another answer. */
  spare(key: string): void;
}

/** `atATime`: keys that are freed without a pause. */
export const doomed = (free: (key: string) => void, atATime: number): Doomed => {
  const sets = new Set<Set<string>>();
  const freeAll = async (): Promise<void> => {
    let freed = 0;
    for (const keys of sets) {
      for (const key of keys) {
        if ((freed += 1) % atATime === 0) await setImmediate();
        // Spared meanwhile, or another set's as well and gone with that.
        if (keys.delete(key)) free(key);
      }
      sets.delete(keys);
    }
  };
  return {
    has(key) {
      if (sets.size === 0) return false;
      for (const keys of sets) if (keys.has(key)) return true;
      return false;
    },
    add(keys) {
      sets.add(keys);
      if (sets.size === 1) void freeAll();
    },
    spare(key) {
      for (const keys of sets) keys.delete(key);
    },
  };
};
