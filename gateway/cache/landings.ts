// Those who wait for another replica's answer.
import type { Landing } from './shared.ts';

export interface Landings {
  /** Null where nothing was heard for `ms` milliseconds. */
  landing(key: string, ms: number): Promise<Landing | null>;
  land(key: string, landing: Landing): void;
}

/** Milliseconds after which a call looks itself whether another replica has the answer, or has died over it. */
export const lookAgain = 300;

export const landings = (): Landings => {
  const waiting = new Map<string, Set<(landing: Landing | null) => void>>();
  return {
    landing: (key, ms) =>
      new Promise((resolve) => {
        const those = waiting.get(key) ?? new Set();
        const end = (landing: Landing | null): void => {
          clearTimeout(timer);
          those.delete(end);
          if (those.size === 0 && waiting.get(key) === those) waiting.delete(key);
          resolve(landing);
        };
        const timer = setTimeout(end, ms, null);
        waiting.set(key, those.add(end));
      }),
    land(key, landing) {
      for (const end of waiting.get(key) ?? []) end(landing);
    },
  };
};
