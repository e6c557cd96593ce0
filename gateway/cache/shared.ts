// What the cache asks of answers that replicas share. Everything here ends within the budget of the state, and nothing rejects.
import type { Entry } from './entry.ts';

export interface Question {
  readonly key: string;
  readonly tags: readonly string[];
  /** Longest body that is taken. */
  readonly maxBytes: number;
  /** Milliseconds that a fresh answer has to be fresh yet. */
  readonly freshFor: number;
}

/** `left`: whoever waits may ask in its place. `unkept`: what came is none to keep, nor is what others would get. Null: nothing came. */
export type Brought = Entry | 'left' | 'unkept' | null;

/** The same, as others are told. */
export type Landing = 'kept' | 'left' | 'unkept' | 'nothing';

/** The right to ask for all replicas. To be ended, once: others wait for it. */
export interface Lease {
  /** Keeps the answer where nothing took it back since the lease was given. `other`: and first one more, by a key of its own. */
  end(brought: Brought, other?: { readonly key: string; readonly entry: Entry }): void;
}

/** `old`: past its time, but of use. `unkept`: answers to it are none to keep, so that nobody has to wait for one. */
export type Found =
  | { readonly is: 'fresh'; readonly entry: Entry }
  | { readonly is: 'ours'; readonly lease: Lease; readonly old: Entry | null }
  | { readonly is: 'asked' | 'unkept'; readonly old: Entry | null };

export interface Shared {
  /** False: what some write takes back may have been taken back unheard, here and in what is shared. */
  readonly isCurrent: boolean;
  /** Null: nobody can tell. */
  find(question: Question): Promise<Found | null>;
  /** What somebody else's question brought; null where nothing was heard for `ms` milliseconds. */
  landing(key: string, ms: number): Promise<Landing | null>;
  /** Resolves when all replicas are told, or when the budget is spent; it is then repeated until it is done. */
  takeBack(tags: readonly string[]): Promise<void>;
}

/** As `freshFor`: no answer is fresh for so long. */
export const never = Number.MAX_SAFE_INTEGER;

/** Of entries that replicas share: taken back where news of a write may have been missed. No tag of an operation's. */
export const unheard = '*';
