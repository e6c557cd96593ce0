// The key of a call: equal for calls that may be given the same answer. Bytes that came before are not read again.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Call, Meaning } from '../../adapters/adapter.ts';
import { askerOf } from './asker.ts';
import type { CachePolicy } from './policy.ts';
import { unheard } from './shared.ts';
import { tagsOfRead } from './tags.ts';

/** What a body means to one operation. */
interface Understood {
  /** Its text as a digest. */
  readonly meaning: Meaning;
  readonly tags: readonly string[];
  /** The last key that was made of it, and of what else: the same callers ask the same things. */
  last: { readonly of: string; readonly key: string } | null;
}

export interface Asked extends Pick<Understood, 'meaning' | 'tags'> {
  readonly key: string;
  /** Who is to answer. */
  readonly side: string;
}

export type NotAsked = 'unreadable' | 'credentials' | 'override';

export type Understand = (policy: CachePolicy, side: string, call: Call, body: Buffer) => Asked | NotAsked;

const digest = (data: string | Buffer): string => hash('sha256', data, 'base64url');

const sizeOf = ({ meaning, tags }: Understood, same: string): number => {
  let bytes = 1000 + same.length + 2 * (meaning.messageId?.length ?? 0);
  for (const tag of tags) bytes += 2 * tag.length;
  for (const { user, proof } of meaning.credentials) bytes += 2 * ((user?.length ?? 0) + (proof?.length ?? 0)) + 64;
  return bytes;
};

/** `isShared`: other replicas take answers back, too. `maxBytes`: what is remembered of bodies may take so many. */
export const understanding = ({ isShared, maxBytes }: { isShared: boolean; maxBytes: number }): Understand => {
  const known = new LRUCache<string, Understood>({ maxSize: Math.max(maxBytes, 1), sizeCalculation: sizeOf });
  const understood = (policy: CachePolicy, call: Call, body: Buffer): Understood | null => {
    const spelt = body.toString('latin1'); // each byte a character: one digest is made of everything
    const same = digest(`${policy.scope}\n${call.header('content-type') ?? ''}\n${call.head.target}\n${spelt}`);
    const before = policy.meanings.byBody ? known.get(same) : undefined;
    if (before !== undefined) return before;
    const meaning = policy.meanings.ofCall(call, body);
    if (meaning === null) return null;
    const tags = tagsOfRead(policy.tags, meaning.input);
    if (isShared && policy.isInvalidated) tags.push(unheard);
    const found = { meaning: { ...meaning, text: digest(meaning.text), input: null }, tags, last: null };
    if (policy.meanings.byBody) known.set(same, found);
    return found;
  };
  return (policy, side, call, body) => {
    const found = understood(policy, call, body);
    if (found === null) return 'unreadable';
    const asker = askerOf(call, policy, found.meaning);
    if (typeof asker === 'string') return asker;
    const { caller, place } = asker;
    const of = `${side}\n${call.header('host') ?? ''}\n${call.head.target}\n${place}${caller}`;
    if (found.last?.of !== of)
      found.last = { of, key: digest(`${keyText(policy, side, call, found)}\n${place}${caller}`) };
    return { meaning: found.meaning, tags: found.tags, side, key: found.last.key };
  };
};

/** What two calls of the same caller must have in common to be given the same answer. */
const keyText = ({ scope, shared }: CachePolicy, side: string, call: Call, { meaning }: Understood): string => {
  const { text, form, messageId } = meaning;
  // An answer that relates to a message is none for a call without an id.
  const addressed = messageId === null ? '' : 'addressed';
  return [scope, shared ? '' : side, form, addressed, call.header('host') ?? '', call.head.target, text].join('\n');
};
