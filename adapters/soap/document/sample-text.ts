// A short text that a pattern matches, always the same one: for examples.

const printableAscii = Array.from({ length: 95 }, (_, at) => String.fromCodePoint(32 + at));
/** Characters that are tried for a class, most readable first. */
const candidates = ['A', '1', 'a', '0', '-', '_', '.', ...printableAscii, 'é', 'Ω', 'я', '中'];

/** Texts that are likely to match; `pattern` decides. Repetitions are as few as they may be, then one more, and so on. */
export const samplesOf = (pattern: RegExp): readonly string[] => {
  const found = new Set<string>();
  for (let extra = 0; extra < 9; extra += 1) {
    const text = new Sampler(pattern.source, extra).text();
    if (text !== null && pattern.test(text)) found.add(text);
  }
  return [...found];
};

/** Walks a pattern once, taking the first alternative of everything. */
class Sampler {
  readonly #source: string;
  readonly #extra: number;
  #at = 0;

  constructor(source: string, extra: number) {
    this.#source = source;
    this.#extra = extra;
  }

  /** Null where it meets what it does not know. */
  text(): string | null {
    const text = this.#alternatives();
    return this.#at < this.#source.length ? null : text;
  }

  #alternatives(): string | null {
    const first = this.#sequence();
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      this.#sequence();
    }
    return first;
  }

  #sequence(): string | null {
    let out: string | null = '';
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const atom = this.#atom();
      const count = this.#count();
      out = out === null || (atom === null && count > 0) ? null : out + (atom ?? '').repeat(count);
    }
    return out;
  }

  #atom(): string | null {
    const start = this.#at;
    const char = this.#source[start];
    if (char === '^' || char === '$') {
      this.#at += 1;
      return '';
    }
    if (char === '(') return this.#group();
    if (char === '[') this.#skipClass();
    else if (char === '\\') this.#skipEscape();
    else this.#at += String.fromCodePoint(this.#source.codePointAt(start) ?? 0).length;
    return matching(this.#source.slice(start, this.#at));
  }

  #group(): string | null {
    this.#at += this.#source.startsWith('(?:', this.#at) ? 3 : 1;
    const text = this.#alternatives();
    this.#at += 1;
    return text;
  }

  #skipClass(): void {
    let depth = 0;
    do {
      const char = this.#source[this.#at];
      if (char === '\\') this.#at += 1;
      else if (char === '[') depth += 1;
      else if (char === ']') depth -= 1;
      this.#at += 1;
    } while (depth > 0 && this.#at < this.#source.length);
  }

  #skipEscape(): void {
    const isProperty = /[pP]/.test(this.#source[this.#at + 1] ?? '');
    this.#at = isProperty ? this.#source.indexOf('}', this.#at) + 1 : this.#at + 2;
  }

  #count(): number {
    const [found, min, more] = /^(?:\{(\d+)(?:(,)\d*)?\}|[*+?])/.exec(this.#source.slice(this.#at)) ?? [];
    if (found === undefined) return 1;
    this.#at += found.length;
    if (found === '?') return Math.min(1, this.#extra);
    if (found === '*' || found === '+') return this.#extra + (found === '+' ? 1 : 0);
    const [, most] = /,(\d+)/.exec(found) ?? [];
    return Math.min(Number(min) + (more === undefined ? 0 : this.#extra), Number(most ?? 60), 60);
  }
}

const matching = (atom: string): string | null => {
  const one = new RegExp(`^(?:${atom})$`, 'v');
  return candidates.find((char) => one.test(char)) ?? (one.test(atom) ? atom : null);
};
