// What a write takes back: here, then everywhere, and again for as long as it may be carried out late.
import type { Forwarded } from '../forward/forward.ts';
import { doubts, mayBeDoneLate, type DoubtsParts } from './doubts.ts';
import type { Memory } from './memory.ts';
import type { Shared } from './shared.ts';

/** Failed or not: what came back does not tell what was done. Resolves when whoever is told of the write may count on it. */
export type TakingBack = (tags: readonly string[], forwarded: Forwarded | null) => Promise<void>;

export interface TakingBackParts extends Omit<DoubtsParts, 'takeBack'> {
  readonly memory: Memory;
  readonly shared: Shared | null;
}

/** Told at once: more would take longer than any one command may. */
const atATime = 100;

export const takingBack = ({ memory, shared, ...clocks }: TakingBackParts): TakingBack => {
  const takeBack = async (tags: readonly string[]): Promise<void> => {
    memory.invalidate(tags);
    await shared?.takeBack(tags);
  };
  const again = async (tags: readonly string[]): Promise<void> => {
    for (let at = 0; at < tags.length; at += atATime) await takeBack(tags.slice(at, at + atATime));
  };
  const doubtful = doubts({ ...clocks, takeBack: (tags) => void again(tags) });
  return async (tags, forwarded) => {
    if (tags.length === 0) return;
    if (mayBeDoneLate(forwarded)) doubtful.add(tags);
    await takeBack(tags);
  };
};
