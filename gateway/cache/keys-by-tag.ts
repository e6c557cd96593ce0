// Which keys have a tag. Most tags are of one key alone: these are kept without a set, which would be larger than the key.

export interface KeysByTag {
  of(tag: string): string[];
  /** Those that have it; none has it any more. */
  take(tag: string): Set<string>;
  add(tag: string, key: string): void;
  remove(tag: string, key: string): void;
}

export const keysByTag = (): KeysByTag => {
  const keysOf = new Map<string, string | Set<string>>();
  return {
    of: (tag) => [...setOf(keysOf.get(tag))],
    take(tag) {
      const keys = keysOf.get(tag);
      keysOf.delete(tag);
      return setOf(keys);
    },
    add(tag, key) {
      const keys = keysOf.get(tag);
      if (keys === undefined) keysOf.set(tag, key);
      else if (typeof keys !== 'string') keys.add(key);
      else if (keys !== key) keysOf.set(tag, new Set([keys, key]));
    },
    remove(tag, key) {
      const keys = keysOf.get(tag);
      if (keys === key) keysOf.delete(tag);
      else if (typeof keys === 'object' && keys.delete(key) && keys.size === 0) keysOf.delete(tag);
    },
  };
};

const setOf = (keys: string | Set<string> | undefined): Set<string> =>
  typeof keys === 'object' ? keys : new Set(keys === undefined ? [] : [keys]);
