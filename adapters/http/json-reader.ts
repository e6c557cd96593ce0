// JSON (RFC 8259) read from a text that is whole, in slices. JSON.parse can neither pause nor tell that a name comes twice,
// and which of the two is meant, its sender and we might see differently.
import type { Json } from '../adapter.ts';

/** What is no JSON, or JSON that two readers would understand differently. */
export class JsonError extends SyntaxError {
  /** JSON pointer (RFC 6901) of the value it was found in. */
  readonly pointer: string;

  constructor(message: string, pointer: string) {
    super(message);
    this.name = 'JsonError';
    this.pointer = pointer;
  }
}

interface Open {
  readonly list: Json[] | null;
  readonly object: Record<string, Json>;
  /** Of the member being read. */
  key: string;
}

/** More levels than any contract's value has: an element's object and its list, for each of 120 levels of XML. */
const deepest = 512;

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const words: ReadonlyMap<string, readonly [word: string, value: Json]> = new Map([
  ['t', ['true', true]],
  ['f', ['false', false]],
  ['n', ['null', null]],
]);

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Numbers that a double cannot hold as written are their text. Methods throw JsonError, and then it is of no use any more. */
export class JsonReader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;
  #value: Json | undefined = undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Of the whole text, once `read` has answered false. */
  get value(): Json {
    if (this.#value === undefined) throw new Error('not read yet');
    return this.#value;
  }

  /** Reads on for about `length` characters. Answers whether there are more. */
  read(length: number): boolean {
    const until = this.#at + length;
    while (this.#value === undefined) {
      if (this.#at >= until) return true;
      this.#read();
    }
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#wrong('the end');
    return false;
  }

  /** One value, or the beginning of one, with all that closes after it. */
  #read(): void {
    const code = this.#blanks();
    if (code === openBrace) this.#begin({ list: null, object: {}, key: '' }, closeBrace);
    else if (code === openBracket) this.#begin({ list: [], object: noObject, key: '' }, closeBracket);
    else this.#took(code === quote ? this.#string() : this.#scalar());
  }

  #begin(open: Open, close: number): void {
    if (this.#open.length >= deepest) throw new JsonError(`deeper than ${deepest} levels`, this.#pointer());
    this.#at += 1;
    const isEmpty = this.#blanks() === close;
    if (isEmpty) {
      this.#at += 1;
      this.#took(open.list ?? open.object);
      return;
    }
    this.#open.push(open);
    if (open.list === null) this.#key(open);
  }

  /** A value is whole: it goes where it belongs, and what ends with it is whole too. */
  #took(found: Json): void {
    let value = found;
    for (;;) {
      const open = this.#open.at(-1);
      if (open === undefined) {
        this.#value = value;
        return;
      }
      if (open.list !== null) open.list.push(value);
      else put(open.object, open.key, value);
      const code = this.#blanks();
      if (code === comma) {
        this.#at += 1;
        if (open.list === null) this.#key(open);
        return;
      }
      if (code !== (open.list === null ? closeBrace : closeBracket))
        throw this.#wrong('"," or the end of what is open');
      this.#at += 1;
      this.#open.pop();
      value = open.list ?? open.object;
    }
  }

  #key(open: Open): void {
    if (this.#blanks() !== quote) throw this.#wrong('a name in quotes');
    open.key = this.#string();
    // A member that is read is there: what comes again has the same place.
    if (Object.hasOwn(open.object, open.key)) throw new JsonError('a name that stands there twice', this.#pointer());
    if (this.#blanks() !== 0x3a) throw this.#wrong('":"');
    this.#at += 1;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let isPlain = true;
    let at = start;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (code === backslash) {
        isPlain = false;
        at += 1;
      } else if (!(code >= 0x20)) {
        this.#at = at;
        throw this.#wrong('the rest of a string');
      }
    }
    const raw = text.slice(start, at);
    if (isPlain) {
      this.#at = at + 1;
      return raw;
    }
    try {
      const value = JSON.parse(`"${raw}"`) as string;
      this.#at = at + 1;
      return value;
    } catch {
      throw this.#wrong('a string whose escapes are known');
    }
  }

  #scalar(): Json {
    const text = this.#text;
    const word = words.get(text.charAt(this.#at));
    if (word !== undefined && text.startsWith(word[0], this.#at)) {
      this.#at += word[0].length;
      return word[1];
    }
    number.lastIndex = this.#at;
    const [written] = number.exec(text) ?? [];
    if (written === undefined) throw this.#wrong('a value');
    this.#at += written.length;
    const value = Number(written);
    return String(value) === written ? value : written;
  }

  /** Answers the character that follows; NaN at the end. */
  #blanks(): number {
    const text = this.#text;
    for (; ; this.#at += 1) {
      const code = text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
    }
  }

  // Without the text itself: that may be a password, and messages are logged.
  #wrong(expected: string): JsonError {
    const where = this.#at >= this.#text.length ? 'the end of the text' : `character ${this.#at + 1}`;
    return new JsonError(`no JSON at ${where}; expected ${expected}`, this.#pointer());
  }

  #pointer(): string {
    return this.#open
      .map(({ list, key }) => `/${list === null ? key.replaceAll('~', '~0').replaceAll('/', '~1') : list.length}`)
      .join('');
  }
}

const noObject: Record<string, Json> = {};

/** A member may be named `__proto__`: assigning that would make no member. */
const put = (into: Record<string, Json>, key: string, value: Json): void => {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
};
