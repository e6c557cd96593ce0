// Plain HTTP by RFC 9111: what the origin allows to be kept, for whom it varies, and what it says when it is asked again.
import type { Arriving } from '../../../adapters/adapter.ts';
import { AdapterError } from '../../../adapters/errors.ts';
import type { CacheResult } from '../../exchange.ts';
import type { Forwarded } from '../../forward/forward.ts';
import type { Entry } from '../entry.ts';
import { landed, patience, type Flight } from '../flights.ts';
import { hasFailed } from '../kept.ts';
import { staleness } from '../news.ts';
import type { RoomParts } from '../parts.ts';
import type { Ask, Remembered } from '../remembered.ts';
import { isExacting, mayWait, unconditional, wantsOnlyKept } from './asking.ts';
import { givenTo, mayBeGiven } from './giving.ts';
import { isEntry, isOwn, leader } from './leader.ts';
import { origin, type AskedFor, type Leading } from './origin.ts';
import type { HttpCachePolicy, HttpChange } from './policy.ts';
import { questionOf, type Question } from './question.ts';
import { store } from './store.ts';
import { tagsOfChange } from './tags.ts';
import { toldByHead } from './told-by-head.ts';

export interface HttpCache {
  through(policy: HttpCachePolicy, side: string, arrival: Arriving, ask: Ask): Promise<Remembered>;
  /** Takes back what its calls may change, done or failed. */
  write(change: HttpChange, arrival: Arriving, ask: Ask): Promise<Forwarded>;
}

/** Answers do not turn out to vary by yet other headers more often than this, while one call looks on. */
const mostMoves = 4;

const nothing = Buffer.alloc(0);

export const httpCache = (parts: RoomParts): HttpCache => {
  const { memory, flights, unkept, shared, takeBack, adapters, now, steady, broken } = parts;
  const answers = store(memory, shared);
  const asker = origin({ ...parts, store: answers });
  const { lead, look } = leader({ ...parts, store: answers, origin: asker });
  const given = givenTo(adapters, now);

  const renew = (question: Question, entry: Entry, ask: Ask): void => {
    const key = answers.keyNow(question);
    if (flights.of(key) !== undefined || unkept.has(key)) return;
    const { call, deadline } = adapters.detach(question.arrival, nothing);
    const asking = { ...question.asking, isConditional: false, maxAge: null, minFresh: null };
    const asked = { ...call, head: unconditional(call.head) };
    lead({ question: { ...question, asking }, key, call: asked, deadline, ask, renews: true, until: 0 }, entry).then(
      (led) => (led.is === 'asked' ? led.forwarded.reply?.discard?.() : undefined),
      broken,
    );
  };

  /** One that brings what this call asks; null: none is under way. */
  const flightFor = ({ policy, tags }: Question, key: string): Flight | null => {
    const flight = flights.of(key);
    // One that took off before a write may bring what was before it.
    if (flight === undefined || memory.isOutdated(flight.reading, tags)) return null;
    return answers.isTrusted(policy) || steady() - flight.tookOff <= staleness ? flight : null;
  };

  /** An answer that may be given, or what came of asking. */
  const answered = async (question: Question, ask: Ask): Promise<Answered> => {
    const { arrival, asking } = question;
    const { deadline } = arrival;
    const until = steady() + patience;
    let [hasLooked, hasWaited, isAlone, moves] = [false, false, false, 0];
    for (;;) {
      const key = answers.keyNow(question);
      const leading: Leading = { question, key, call: arrival, deadline, ask, renews: false, until };
      const entry = answers.get(question, key, now());
      if (entry !== undefined && mayBeGiven(asking, entry, now()))
        return { is: 'given', entry, by: hasWaited ? 'shared' : 'hit', key };
      isAlone ||= unkept.has(key) || moves > mostMoves || steady() >= until;
      const flight = isAlone || asking.isConditional || !mayWait(asking) ? null : flightFor(question, key);
      if (flight !== null) {
        const what = await landed(flight, deadline, until - steady());
        hasWaited = true;
        if (what === 'left') continue; // the first of those who wait asks at once, and the others wait for him
        if (isEntry(what) && !isOwn(leading, what)) moves += 1;
        else if (isEntry(what) && mayBeGiven(asking, what, now()))
          return { is: 'given', entry: what, by: 'shared', key };
        else isAlone = true;
        continue;
      }
      // Who asks by a copy of his own may be told no more than that it is good: others get nothing by it.
      if (asking.onlyKept || (asking.isConditional && !isAlone && !hasValidator(entry))) {
        if (!hasLooked) {
          hasLooked = true;
          const there = await look(leading, entry);
          if (there !== null) return { is: 'given', entry: there, by: 'state', key };
          continue;
        }
        if (asking.onlyKept) return { is: 'none' };
        isAlone = true;
      }
      const led = isAlone ? await asker.pass(leading, entry) : await lead(leading, entry);
      if (led.is === 'left') throw new Error('nobody but a renewal leaves its question to others');
      if (led.is === 'found') return { is: 'given', entry: led.entry, by: 'state', key };
      if (led.is === 'asked') return { ...led, key, wasThere: entry !== undefined };
      isAlone = led.is === 'unkept';
      moves += 1;
    }
  };

  return {
    async through(policy, side, arrival, ask) {
      const question = questionOf({ policy, side, arrival, isShared: shared !== null });
      if (typeof question === 'string') {
        if (wantsOnlyKept(arrival)) return unstored();
        return { ...(await ask(arrival, arrival.deadline)), cache: 'bypass', cacheTold: { detail: question } };
      }
      const { asking } = question;
      const from = (entry: Entry, cache: CacheResult, key: string): Remembered => ({
        ...given(asking, entry),
        cache,
        cacheTold: { ttl: entry.freshUntil - now(), key },
      });
      const answer = await answered(question, ask);
      if (answer.is === 'none') return unstored();
      if (answer.is === 'given') {
        const { entry, by, key } = answer;
        const at = now();
        if (at >= entry.freshUntil - aheadOf(policy, entry)) renew(question, entry, ask);
        return from(entry, at < entry.freshUntil ? by : 'stale', key);
      }
      const { forwarded, isKept, renewed, key, wasThere } = answer;
      const { attempts, fallback } = forwarded;
      if (renewed !== null) return { ...from(renewed, 'revalidated', key), attempts, fallback };
      const old = hasFailed(forwarded) ? answers.get(question, key, now()) : undefined;
      if (old !== undefined && !isExacting(asking) && now() < old.errorUntil) {
        forwarded.reply?.discard?.();
        return { ...from(old, 'stale-if-error', key), attempts, fallback };
      }
      return { ...forwarded, cache: isKept ? 'miss' : 'unkept', cacheTold: { wasThere, key } };
    },

    async write(change, arrival, ask) {
      let forwarded: Forwarded | null = null;
      try {
        return (forwarded = await ask(arrival, arrival.deadline));
      } finally {
        const changed = tagsOfChange(change, arrival, forwarded?.reply?.head.raw ?? []);
        await takeBack([...changed, ...toldByHead(memory, change, arrival, forwarded)], forwarded);
      }
    },
  };
};

type Answered =
  | { readonly is: 'given'; readonly entry: Entry; readonly by: CacheResult; readonly key: string }
  | (AskedFor & { readonly key: string; readonly wasThere: boolean })
  | { readonly is: 'none' };

/** Milliseconds; what is good for less than that is not renewed with every call. */
const aheadOf = ({ refreshAhead }: HttpCachePolicy, { storedAt, freshUntil }: Entry): number =>
  Math.min(refreshAhead, (freshUntil - storedAt) / 2);

const hasValidator = (entry: Entry | undefined): boolean =>
  entry?.http !== undefined && (entry.http.etag !== null || entry.http.modified !== null);

/** RFC 9111 §5.2.1.7. */
const unstored = (): Remembered => ({
  reply: null,
  error: new AdapterError('ERR_UNSTORED', 'nothing is kept that is good for this call, and it wants nothing else'),
  attempts: [],
  fallback: null,
  cache: 'bypass',
  cacheTold: { detail: 'only-if-cached', isUnsent: true },
});
