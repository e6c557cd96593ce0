// Questions whose answers turned out to be none to keep: nobody waits for those, nor asks one after the other. Each answer is looked at all
// the same, and the first one that can be kept ends it (what Varnish calls hit-for-miss).

export interface Unkept {
  has(key: string): boolean;
  /** An answer came, and was none to keep. */
  add(key: string): void;
  /** One was kept. */
  remove(key: string): void;
}

/** Milliseconds after the last such answer. */
export const unkeptFor = 10_000;
/** More than these are not remembered: some 2 MB. */
const most = 10_000;

/** `steady`: milliseconds; does not jump. */
export const unkeptKeys = (steady: () => number): Unkept => {
  /** Key → until when, the first to end first. */
  const until = new Map<string, number>();
  return {
    has: (key) => until.size > 0 && (until.get(key) ?? 0) > steady(),
    add(key) {
      until.delete(key);
      until.set(key, steady() + unkeptFor);
      for (const [oldest, end] of until) {
        if (until.size <= most && end > steady()) return;
        until.delete(oldest);
      }
    },
    remove: (key) => void until.delete(key),
  };
};
