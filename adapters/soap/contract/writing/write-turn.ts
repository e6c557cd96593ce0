// Writing in slices. Writers are plain functions that call each other, so a slice ends by an exception through all of them;
// each list keeps what it has written, and the next slice, which begins at the top again, goes on from there. What stands
// beside lists is written anew in each slice: that is as much as the schema has members, not as the message has.
import { AdapterError } from '../../../errors.ts';
import { turn } from '../../../turns.ts';
import { below } from '../values/misfit.ts';
import type { Json } from '../../../adapter.ts';

/** A list of a message: the same `by` at the same depth writes the same text. */
export interface Listed {
  readonly list: readonly Json[];
  readonly depth: number;
  readonly by: object;
}

/** Writes one item; `state` is what `begin` made for the list. */
export interface ItemWriter<S> {
  readonly begin: () => S;
  readonly write: (json: Json, depth: number, state: S) => string;
  /** After the last item. May throw Misfit. */
  readonly end: (state: S) => void;
}

interface Kept {
  readonly where: Listed;
  readonly state: unknown;
  out: string;
  next: number;
  isWhole: boolean;
}

class Paused extends Error {}

export interface Pace {
  /** Milliseconds after which others get their turn. */
  readonly turn: number;
  /** Characters after which the clock is looked at. */
  readonly stride: number;
}

const usual: Pace = { turn, stride: 4096 };

class WriteTurn {
  readonly #kept = new Map<readonly Json[], Kept[]>();
  readonly #most: number;
  readonly #pace: Pace;
  #since = 0;
  #left = 0;

  constructor(most: number, pace: Pace) {
    this.#most = most;
    this.#pace = pace;
  }

  begin(): void {
    this.#since = performance.now();
    this.#left = this.#pace.stride;
  }

  kept({ list, depth, by }: Listed): Kept | null {
    const all = this.#kept.size === 0 ? undefined : this.#kept.get(list);
    return all?.find(({ where }) => where.depth === depth && where.by === by) ?? null;
  }

  keep(kept: Kept): void {
    const { list } = kept.where;
    const all = this.#kept.get(list);
    if (all === undefined) this.#kept.set(list, [kept]);
    else if (!all.includes(kept)) all.push(kept);
  }

  /** Is it worth keeping, or as well written anew? */
  isLong(text: string): boolean {
    return text.length > this.#pace.stride;
  }

  /** `written`: characters of the last item; `all`: of the list so far. Throws AdapterError ERR_TOO_LARGE. */
  isOver(written: number, all: number): boolean {
    this.#left -= written;
    if (this.#left > 0) return false;
    this.#left = this.#pace.stride;
    if (all > this.#most) throw new AdapterError('ERR_TOO_LARGE', `a message of over ${this.#most} characters`);
    return performance.now() - this.#since >= this.#pace.turn;
  }
}

// Of the writing that is under way. A parameter would go through every writer there is, for the sake of lists alone; nothing
// is awaited while it is set.
let current: WriteTurn | null = null;

/**
 * Runs `write`, which calls writers, in as many slices as it takes. Rejects with what it throws, and with AdapterError
 * ERR_TOO_LARGE once a list is longer than `most` characters.
 */
export const writtenInTurns = async <T>(write: () => T, most: number, pace: Pace = usual): Promise<T> => {
  const own = new WriteTurn(most, pace);
  for (;;) {
    own.begin();
    current = own;
    try {
      return write();
    } catch (error) {
      if (!(error instanceof Paused)) throw error;
    } finally {
      current = null;
    }
    await new Promise(setImmediate);
  }
};

/** All items of a list. Throws Misfit, with the item's place. */
export const listed = <S>(where: Listed, writer: ItemWriter<S>): string => {
  const own = current;
  const { list, depth } = where;
  const found = own === null ? null : own.kept(where);
  if (found !== null && found.isWhole) return found.out;
  // Kept under this very writer, so its state is of this kind.
  const state = found === null ? writer.begin() : (found.state as S);
  let out = found === null ? '' : found.out;
  let next = found === null ? 0 : found.next;
  const keep = (isWhole: boolean): void => own?.keep(Object.assign(found ?? { where, state }, { out, next, isWhole }));
  for (; next < list.length; next += 1) {
    let text: string;
    try {
      text = writer.write(list[next] as Json, depth, state);
    } catch (error) {
      if (error instanceof Paused) keep(false);
      throw below(error, next);
    }
    out += text;
    if (own !== null && own.isOver(text.length, out.length)) {
      next += 1;
      keep(false);
      throw new Paused();
    }
  }
  writer.end(state);
  if (found !== null || (own !== null && own.isLong(out))) keep(true);
  return out;
};
