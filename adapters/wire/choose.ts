// Which of a destination's urls a call goes to. Pure but for chance.
import { hash } from 'node:crypto';

export interface Candidate {
  /** Calls under way. */
  readonly inFlight: number;
  /** See `Vitals.share`. */
  readonly share: number;
}

/**
 * The one with the fewest calls under way among those that are asked; of equal ones any. One whose share still grows takes part in
 * that part of the choices. Where none is to be asked all are: what probes and past calls say must not refuse a call that might be
 * answered. Null: there are none.
 */
export const leastLoaded = <T extends Candidate>(all: readonly T[], chance: () => number): T | null => {
  const asked = all.filter(({ share }) => share > 0);
  const open = asked.filter(({ share }) => share >= 1 || chance() < share);
  const among = open.length > 0 ? open : asked.length > 0 ? asked : all;
  let best: T | null = null;
  let equal = 0;
  for (const one of among) {
    if (best !== null && one.inFlight > best.inFlight) continue;
    equal = best === null || one.inFlight < best.inFlight ? 1 : equal + 1;
    if (equal === 1 || chance() * equal < 1) best = one;
  }
  return best;
};

/**
 * The one that a key belongs to (rendezvous hashing): the same on every replica, and without one of them only its own keys move.
 * Those with a share of 0 are passed over, unless all are. Null: there are none.
 */
export const ofKey = <T extends Candidate & { readonly authority: string }>(
  key: string,
  all: readonly T[],
): T | null => {
  const asked = all.filter(({ share }) => share > 0);
  let best: T | null = null;
  let highest = '';
  for (const one of asked.length > 0 ? asked : all) {
    const place = hash('sha256', `${one.authority}\0${key}`, 'hex');
    if (best !== null && place <= highest) continue;
    best = one;
    highest = place;
  }
  return best;
};
