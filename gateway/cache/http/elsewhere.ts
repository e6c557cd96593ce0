// What replicas have of plain HTTP. An answer is kept by a key of what it varies by, which whoever never saw one does not know: by the
// key without any there is one without a body, and its Vary points the way.
import type { Deadline } from '../../../adapters/adapter.ts';
import { endOf, type Entry } from '../entry.ts';
import { never, type Found, type Lease, type Shared } from '../shared.ts';
import { mayBeGiven } from './giving.ts';
import { askedAbout } from './keeping.ts';
import { ownKeyOf, type Question } from './question.ts';

/** `moved`: it varies by these. */
export type FoundOfHttp = Found | { readonly is: 'moved'; readonly vary: readonly string[] };

export interface Search {
  readonly tier: Shared;
  readonly question: Question;
  readonly key: string;
  readonly deadline: Deadline;
  /** For nobody's sake but the answer's own. */
  readonly renews: boolean;
  /** Milliseconds that it waits for somebody else's answer, at most; 0: not at all. */
  readonly patience: number;
  /** Milliseconds since 1970; milliseconds that do not jump. */
  readonly now: () => number;
  readonly steady: () => number;
}

/** Milliseconds after which a call looks itself whether another replica has the answer, or has died over it. */
const lookAgain = 300;

/** Null: nobody can tell, or it took too long to wait for. */
export const elsewhere = async (search: Search): Promise<FoundOfHttp | null> => {
  const { tier, question, key, deadline, renews, patience, now, steady } = search;
  const { policy, asking, tags } = question;
  const until = steady() + patience;
  let freshFor = asking.afresh ? never : renews ? policy.refreshAhead : (asking.minFresh ?? 0) * 1000;
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
    if (found.is !== 'asked' || renews || (there !== null && mayBeGiven(asking, there, now()))) return found;
    const left = until - steady();
    if (left <= 0 || deadline.ended !== null) return patience === 0 ? found : null;
    const landing = await tier.landing(key, Math.min(left, lookAgain));
    if (landing === 'unkept') return { is: 'unkept', old: there };
    if (landing === 'nothing') return null;
  }
};

/** Keeps it for all, and tells those who wait. `key`: that the lease is for. */
export const keepFor = (lease: Lease, key: string, own: string, entry: Entry, now: number): void => {
  if (own === key) lease.end(entry);
  else lease.end(pointing(entry, now), { key: own, entry });
};

/** Lasts longer than what it points to: a new answer most likely varies by the same. */
const pointing = (entry: Entry, now: number): Entry => {
  const end = Math.max(endOf(entry), now + askedAbout);
  const times = { freshUntil: end, staleUntil: end, errorUntil: end };
  return {
    ...entry,
    raw: [],
    body: Buffer.alloc(0),
    ...times,
    ...(entry.http && { http: { ...entry.http, until: end } }),
  };
};
