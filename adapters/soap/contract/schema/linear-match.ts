// Patterns matched in time that grows with the text alone. JavaScript's own matcher backtracks: `(a+)+b` from a WSDL, and thirty
// letters from a client, and it never comes back. Patterns that leave it nothing to try are left to it, for it is fast.

/** `false`: it does not match; `null`: too long to be looked at with this pattern. */
export type Matches = (text: string) => boolean | null;

interface Part {
  /** A pattern for one character, or alternatives of parts. */
  readonly of: RegExp | readonly (readonly Part[])[];
  readonly min: number;
  readonly max: number;
}

/** What a state does: take a character, go two ways, or end. */
type State = { readonly one: RegExp; readonly to: number } | { readonly ways: readonly number[] } | null;

const mostStates = 5000;
/** Steps, each a state that looks at a character: a few tens of milliseconds. */
const mostSteps = 300_000;
/** Repetitions that backtracking may try one after the other without anybody noticing. */
const few = 64;

/** `pattern` is `^(?:…)$` with the `v` flag, as translated from XML Schema; null where it has what XML Schema has not. */
export const linearMatch = (pattern: RegExp): Matches | null => {
  const tree = new Parser(pattern.source.slice('^(?:'.length, -')$'.length)).whole();
  if (tree === null) return null;
  if (isQuick(tree)) return (text) => pattern.test(text);
  const states: State[] = [];
  const first = emitted(tree, states, states.push(null) - 1);
  return first === null ? null : (text) => run(states, first, text);
};

class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Part['of'] | null {
    const parsed = this.#alternatives();
    return this.#at === this.#source.length ? parsed : null;
  }

  #alternatives(): readonly (readonly Part[])[] | null {
    const all: Part[][] = [];
    do {
      const parts = this.#sequence();
      if (parts === null) return null;
      all.push(parts);
    } while (this.#took('|'));
    return all;
  }

  #sequence(): Part[] | null {
    const parts: Part[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source.charAt(this.#at))) {
      const of = this.#took('(') ? this.#group() : this.#character();
      if (of === null) return null;
      parts.push({ of, ...this.#count() });
    }
    return parts;
  }

  #group(): Part['of'] | null {
    if (this.#source[this.#at] === '?') return null;
    const inner = this.#alternatives();
    return this.#took(')') ? inner : null;
  }

  #character(): RegExp | null {
    const found = /^(?:\\[pP]\{[^}]*\}|\\[^1-9k]|[^\\[])/su.exec(this.#source.slice(this.#at, this.#at + 80))?.[0];
    const text = found ?? this.#class();
    if (text === null) return null;
    this.#at += text.length;
    return new RegExp(`^(?:${text})$`, 'v');
  }

  #class(): string | null {
    let depth = 0;
    for (let at = this.#at; at < this.#source.length; at += 1) {
      const char = this.#source[at];
      if (char === '\\') at += 1;
      else if (char === '[') depth += 1;
      else if (char === ']') depth -= 1;
      if (depth === 0) return char === ']' ? this.#source.slice(this.#at, at + 1) : null;
    }
    return null;
  }

  #count(): { min: number; max: number } {
    const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at, this.#at + 40));
    if (found === null) return { min: 1, max: 1 };
    this.#at += found[0].length;
    const [, sign, min = '0', comma, max = ''] = found;
    if (sign !== undefined) return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
    return { min: Number(min), max: comma === '' ? Number(min) : max === '' ? Infinity : Number(max) };
  }

  #took(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

/** Nothing repeated but characters, at most one of them often, and few ways to share the text among the others. */
const isQuick = (tree: Part['of']): boolean => {
  let long = 0;
  let ways = 1;
  const walk = (of: Part['of']): boolean =>
    of instanceof RegExp || (of.length <= few && of.every((parts) => parts.every(isPlain)));
  const isPlain = ({ of, min, max }: Part): boolean => {
    if (of instanceof RegExp) {
      if (max - min > few) long += 1;
      else ways *= max - min + 1;
      return true;
    }
    ways *= of.length;
    return max === 1 && walk(of) && (ways *= 2 - min) > 0;
  };
  return walk(tree) && long <= 1 && ways <= (long === 0 ? 10_000 : few);
};

/** States that lead to `next`; null where there would be too many. */
const emitted = (of: Part['of'], states: State[], next: number): number | null => {
  const add = (state: State): number | null => (states.length < mostStates ? states.push(state) - 1 : null);
  if (of instanceof RegExp) return add({ one: of, to: next });
  const ways: number[] = [];
  for (const parts of of) {
    let at: number | null = next;
    for (const part of parts.toReversed()) {
      at = at === null ? null : repeated(part, states, at);
      if (at === null) return null;
    }
    ways.push(at);
  }
  return add({ ways });
};

const repeated = ({ of, min, max }: Part, states: State[], next: number): number | null => {
  let at: number | null = next;
  if (max === Infinity) {
    // A state that may end or go round; where it goes round to is only known afterwards.
    const ways = [next];
    const loop = states.push({ ways }) - 1;
    const inner = emitted(of, states, loop);
    if (inner === null) return null;
    ways.push(inner);
    at = loop;
  } else {
    for (let count = min; count < max && at !== null; count += 1) {
      const inner = emitted(of, states, at);
      at = inner === null || states.length >= mostStates ? null : states.push({ ways: [inner, next] }) - 1;
    }
  }
  for (let count = 0; count < min && at !== null; count += 1) at = emitted(of, states, at);
  return at;
};

const run = (states: readonly State[], first: number, text: string): boolean | null => {
  let steps = 0;
  let marks = new Uint8Array(states.length);
  const reach = (from: number, into: number[]): void => {
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (marks[at] === 1) continue;
      marks[at] = 1;
      steps += 1;
      const state = states[at];
      if (state !== null && state !== undefined && 'ways' in state) open.push(...state.ways);
      else into.push(at);
    }
  };
  let here: number[] = [];
  reach(first, here);
  for (const char of text) {
    const there: number[] = [];
    marks = marks.fill(0);
    steps += states.length / 64;
    for (const at of here) {
      const state = states[at];
      steps += 1;
      if (state !== null && state !== undefined && 'one' in state && state.one.test(char)) reach(state.to, there);
    }
    if (there.length === 0) return false;
    if (steps > mostSteps) return null;
    here = there;
  }
  return here.some((at) => states[at] === null);
};
