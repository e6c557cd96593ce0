import type { Events } from '../events.ts';
import { addressOf } from './address.ts';
import { redis } from './redis.ts';
import type { State } from './state.ts';

/** Milliseconds that a call may lose over what replicas share. */
const budget = 40;

export interface Clocks {
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Milliseconds that never go back. */
  readonly steady: () => number;
}

/** `said`: `state:` of the file. Null: this process shares nothing. Nobody waits for it, at start or later. */
export const openState = (said: string, events: Events, { wall, steady }: Clocks): State | null => {
  const address = said === 'memory' ? null : addressOf(said);
  if (address === null) return null;
  const changed = (isUp: boolean, why: string) => events.emit({ type: 'state-changed', at: wall(), isUp, why });
  return redis({ address, budget, steady, chance: Math.random, changed });
};
