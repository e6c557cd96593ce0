// One question of plain HTTP: what is asked for, by whom, and, as far as known, by what its answers differ.
import { hash } from 'node:crypto';
import type { Arriving } from '../../../adapters/adapter.ts';
import { askerOf } from '../asker.ts';
import type { Entry } from '../entry.ts';
import { unheard } from '../shared.ts';
import { askingOf, type Asking, type NotAsking } from './asking.ts';
import type { HttpCachePolicy } from './policy.ts';
import { tagsOfGet } from './tags.ts';

export interface Question {
  readonly policy: HttpCachePolicy;
  readonly side: string;
  readonly arrival: Arriving;
  readonly asking: Asking;
  /** What is asked for, and by whom (RFC 9111 §4). */
  readonly primary: string;
  readonly tags: readonly string[];
}

const digest = (text: string): string => hash('sha256', text, 'base64url');

interface Asker {
  readonly policy: HttpCachePolicy;
  readonly side: string;
  readonly arrival: Arriving;
  /** Other replicas take answers back, too. */
  readonly isShared: boolean;
}

export const questionOf = ({ policy, side, arrival, isShared }: Asker): Question | NotAsking | 'credentials' => {
  const asking = askingOf(arrival);
  if (typeof asking === 'string') return asking;
  const asker = askerOf(arrival, policy, { credentials: [] });
  if (typeof asker === 'string') return asker;
  const place = [arrival.header('host') ?? '', arrival.head.target, arrival.client.secure, asker.place];
  const primary = digest(JSON.stringify([policy.scope, policy.shared ? '' : side, place, asker.caller]));
  let tags: readonly string[] | null = null;
  return {
    policy,
    side,
    arrival,
    asking,
    primary,
    // What is given from memory asks for none. What may have been taken back unheard is given no longer than until there is news again.
    get tags() {
      return (tags ??= [...tagsOfGet(policy, arrival), ...(isShared ? [unheard] : [])]);
    },
  };
};

/** `names`: of the request headers that the answer depends on (§4.1). */
export const keyOf = ({ primary, asking }: Question, names: readonly string[]): string =>
  digest(`${primary}\n${JSON.stringify(names.map((name) => [name, asking.fields[name] ?? null]))}`);

/** The key that an answer to this question is kept by. What is found by another one only tells of it. */
export const ownKeyOf = (question: Question, { http }: Entry): string => keyOf(question, http?.vary ?? []);
