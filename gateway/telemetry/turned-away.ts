// Who was turned away at the door, by route and reason. Most happens before there is a call to account for.
import { turnedAwayReasons, type TurnedAway } from '../events.ts';

export interface TurnedAwayCounts {
  /** `route`: a name of the file, or `none`. */
  count(route: string, reason: TurnedAway): void;
  readonly values: readonly { readonly route: string; readonly reason: TurnedAway; readonly count: number }[];
}

export const turnedAwayCounts = (): TurnedAwayCounts => {
  const counts = new Map<string, Map<TurnedAway, number>>();
  return {
    count(route, reason) {
      const own = counts.get(route) ?? new Map<TurnedAway, number>();
      counts.set(route, own.set(reason, (own.get(reason) ?? 0) + 1));
    },
    get values() {
      return [...counts].flatMap(([route, own]) =>
        turnedAwayReasons.flatMap((reason) => {
          const count = own.get(reason);
          return count === undefined ? [] : [{ route, reason, count }];
        }),
      );
    },
  };
};
