// What replicas have of plain HTTP. An answer is kept by a key of what it varies by, which whoever never saw one does not know: by the
// key without any there is one without a body, and its Vary points the way.
import type { Deadline } from '../../../adapters/adapter.ts';
import { endOf, type Entry } from '../entry.ts';
import { lookAgain } from '../landings.ts';
import { never, type Found, type Lease, type Shared } from '../shared.ts';
import { mayWait } from './asking.ts';
import { mayBeGiven } from './giving.ts';
import { askedAbout } from './keeping.ts';
import { keyOf, ownKeyOf, type Question } from './question.ts';

/** `moved`: it varies by these. */
export type FoundOfHttp = Found | { readonly is: 'moved'; readonly vary: readonly string[] };

export interface Search {
  readonly tier: Shared;
  readonly question: Question;
  readonly key: string;
  readonly deadline: Deadline;
  /** For nobody's sake but the answer's own. */
  readonly renews: boolean;
  /** By the steady clock: until when it waits for somebody else's answer. */
  readonly until: number;
  /** Milliseconds since 1970; milliseconds that do not jump. */
  readonly now: () => number;
  readonly steady: () => number;
}

/** Null: nobody can tell, or nothing came for those who waited. */
export const elsewhere = async (search: Search): Promise<FoundOfHttp | null> => {
  const { tier, question, key, deadline, renews, until, now, steady } = search;
  const { policy, asking, tags } = question;
  let freshFor = !mayWait(asking) ? never : renews ? policy.refreshAhead : (asking.minFresh ?? 0) * 1000;
  for (;;) {
    const found = await tier.find({ key, tags, maxBytes: policy.maxBytes, freshFor });
    if (found === null) return null;
    const there = found.is === 'fresh' ? found.entry : found.old;
    if (there !== null && ownKeyOf(question, there) !== key) {
      if (found.is === 'ours') found.lease.end('left');
      return { is: 'moved', vary: there.http?.vary ?? [] };
    }
    if (found.is === 'fresh') {
      if (renews || mayBeGiven(asking, found.entry, now())) return found;
      freshFor = never; // too old for this client
      continue;
    }
    if (found.is !== 'asked' || renews || !mayWait(asking) || (there !== null && mayBeGiven(asking, there, now())))
      return found;
    const left = until - steady();
    if (left <= 0 || deadline.ended !== null) return found;
    const landing = await tier.landing(key, Math.min(left, lookAgain));
    if (landing === 'unkept') return { is: 'unkept', old: there };
    if (landing === 'nothing') return null;
  }
};

interface Kept {
  readonly lease: Lease;
  readonly question: Question;
  /** That the lease is for. */
  readonly key: string;
  readonly entry: Entry;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Keeps it for all, and tells those who wait. */
export const keepFor = ({ lease, question, key, entry, now }: Kept): void => {
  const own = ownKeyOf(question, entry);
  if (own === key) return lease.end(entry);
  // By the key without any it lasts longer than what it points to: a new answer most likely varies by the same.
  const end = key === keyOf(question, []) ? Math.max(endOf(entry), now + askedAbout) : now + onTheWay;
  const times = { freshUntil: end, staleUntil: end, errorUntil: end };
  const http = entry.http === undefined ? {} : { http: { ...entry.http, until: end } };
  lease.end({ ...entry, raw: [], body: nothing, ...times, ...http }, { key: own, entry });
};

const nothing = Buffer.alloc(0);
/** Milliseconds for which those who wait by what it varied by before are shown the way. */
const onTheWay = 10_000;
