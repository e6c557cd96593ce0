// How old the news is of what other replicas took back. A beat of our own that comes round by the same way as the news proves that
// all that was told before it has been heard.

export interface News {
  /** Is all heard that was told until a second ago? */
  readonly isCurrent: boolean;
  /** A beat that was sent at that moment came round. */
  beat(sentAt: number): void;
  /** Some of it may have been missed. */
  broken(): void;
}

/** What replicas may lag behind each other, in milliseconds (also what a beat may take). */
export const staleness = 1000;
/**
 * Milliseconds from the first beat after a gap until news is believed again: others have by then told what they could not tell before,
 * for they reconnect within half a second and repeat every quarter.
 */
export const settling = 1500;

type Standing =
  | { readonly is: 'gap' }
  | { readonly is: 'settling' | 'current'; readonly upTo: number; readonly since: number };

/** `regained`: what was kept until now may have been taken back unheard. Called before it is current again. */
export const news = ({ now, regained }: { now: () => number; regained: () => void }): News => {
  let standing: Standing = { is: 'gap' };
  return {
    get isCurrent() {
      return standing.is === 'current' && now() - standing.upTo <= staleness;
    },
    beat(sentAt) {
      const at = now();
      if (at - sentAt > staleness) standing = { is: 'gap' };
      else if (standing.is === 'gap' || at - standing.upTo > staleness)
        standing = { is: 'settling', upTo: sentAt, since: at };
      else if (standing.is === 'settling' && at - standing.since >= settling) {
        regained();
        standing = { is: 'current', upTo: sentAt, since: at };
      } else standing = { ...standing, upTo: sentAt };
    },
    broken() {
      standing = { is: 'gap' };
    },
  };
};
