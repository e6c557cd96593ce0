// Which keys have a tag. Most tags are of one key alone: these are kept without a set, which would be larger than the key.

export interface KeysByTag {
  /** As they are at that moment. */
  of(tag: string): readonly string[];
  add(tag: string, key: string): void;
  remove(tag: string, key: string): void;
}

export const keysByTag = (): KeysByTag => {
  const keysOf = new Map<string, string | Set<string>>();
  return {
    of(tag) {
      const keys = keysOf.get(tag);
      if (keys === undefined) return [];
      return typeof keys === 'string' ? [keys] : [...keys];
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
