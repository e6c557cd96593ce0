// Those who wait for another replica's answer.

export interface Landings {
  /** Whether it was kept; null where nothing was heard for `ms` milliseconds. */
  landing(key: string, ms: number): Promise<boolean | null>;
  land(key: string, isKept: boolean): void;
}

export const landings = (): Landings => {
  const waiting = new Map<string, Set<(isKept: boolean | null) => void>>();
  return {
    landing: (key, ms) =>
      new Promise((resolve) => {
        const those = waiting.get(key) ?? new Set();
        const end = (isKept: boolean | null): void => {
          clearTimeout(timer);
          those.delete(end);
          if (those.size === 0 && waiting.get(key) === those) waiting.delete(key);
          resolve(isKept);
        };
        const timer = setTimeout(end, ms, null);
        waiting.set(key, those.add(end));
      }),
    land(key, isKept) {
      for (const end of waiting.get(key) ?? []) end(isKept);
    },
  };
};
