// The origin, asked for one call: by what is kept, where that may still be good, and with what is to be told to those who wait.
import type { Call, Deadline } from '../../../adapters/adapter.ts';
import type { Forwarded } from '../../forward/forward.ts';
import type { Entry } from '../entry.ts';
import type { Reading } from '../memory.ts';
import type { RoomParts } from '../parts.ts';
import type { Ask } from '../remembered.ts';
import type { Brought } from '../shared.ts';
import { conditional } from './asking.ts';
import { keeping } from './keeping.ts';
import { ownKeyOf, type Question } from './question.ts';
import type { Store } from './store.ts';

export interface Leading {
  readonly question: Question;
  readonly key: string;
  readonly call: Call;
  readonly deadline: Deadline;
  readonly ask: Ask;
  /** For nobody's sake but the answer's own. */
  readonly renews: boolean;
  /** By the steady clock: until when it waits for somebody else's answer. */
  readonly until: number;
}

export interface AskedFor {
  readonly is: 'asked';
  readonly forwarded: Forwarded;
  readonly isKept: boolean;
  /** What was kept, said to be still good; null: it is what came. */
  readonly renewed: Entry | null;
  /** To those who wait. */
  readonly brought: Brought;
}

export interface Origin {
  /** Asks, and keeps what may be kept. `old`: what is kept by now. */
  readonly ask: (leading: Leading, old: Entry | undefined, reading: Reading) => Promise<AskedFor>;
  /** The same for a question whose answer is good for nobody else, most likely: nobody waits. */
  readonly pass: (leading: Leading, old: Entry | undefined) => Promise<AskedFor>;
}

export interface OriginParts extends Pick<RoomParts, 'memory' | 'unkept' | 'adapters' | 'now' | 'chance'> {
  readonly store: Store;
}

const nothing = Buffer.alloc(0);

export const origin = ({ memory, unkept, store, adapters, now, chance }: OriginParts): Origin => {
  const { kept, stillGood } = keeping({ now, chance });

  const askBy = async ({ question, call, deadline, ask }: Leading, old: Entry | undefined) => {
    const head = old?.http === undefined ? null : conditional(call.head, old.http);
    let asked = now();
    const came = (forwarded: Forwarded) => ({ forwarded, asked, deadline });
    if (head !== null) {
      const forwarded = await ask({ ...adapters.detach(call, nothing).call, head }, deadline);
      if (forwarded.reply?.head.status !== 304)
        return { forwarded, renewed: null, entry: await kept(question, came(forwarded)) };
      const renewed = stillGood(question, old!, came(forwarded));
      forwarded.reply.discard?.();
      if (renewed !== null) return { forwarded, renewed, entry: renewed };
      asked = now();
    }
    const forwarded = await ask(call, deadline);
    return { forwarded, renewed: null, entry: await kept(question, came(forwarded)) };
  };

  const askKeeping: Origin['ask'] = async (leading, old, reading) => {
    const { question, key, deadline } = leading;
    const { forwarded, renewed, entry } = await askBy(leading, old);
    const asked = { is: 'asked', forwarded, renewed } as const;
    if (entry === null || entry === 'unkept') {
      // What was cut because its client left says nothing of what others would get.
      const brought = deadline.ended === null ? entry : 'left';
      if (brought === 'unkept') unkept.add(key);
      return { ...asked, isKept: false, brought };
    }
    const isKept = store.put(question, entry, reading);
    // What is good for no time is to be asked about by each for himself.
    const isForAll = entry.freshUntil > now();
    for (const each of [key, ownKeyOf(question, entry)])
      if (isForAll) unkept.remove(each);
      else unkept.add(each);
    // What was taken back meanwhile is nobody's but its own caller's: one of the others asks anew.
    if (memory.isOutdated(reading, entry.tags)) return { ...asked, isKept, brought: 'left' };
    return { ...asked, isKept, brought: isForAll ? entry : 'unkept' };
  };

  return {
    ask: askKeeping,
    async pass(leading, old) {
      const reading = memory.begin();
      try {
        return await askKeeping(leading, old, reading);
      } finally {
        memory.done(reading);
      }
    },
  };
};
