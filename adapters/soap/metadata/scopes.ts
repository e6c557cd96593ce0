// What prefixes mean in a document that is walked through tag by tag.
import type { Attribute } from './xml-tags.ts';

/** Prefixes in scope; one entry an element that is open. */
export class Scopes {
  readonly #text: string;
  /** By prefix; the innermost last. */
  readonly #open: ReadonlyMap<string, string>[] = [new Map()];

  constructor(text: string) {
    this.#text = text;
  }

  /** The expanded name, `{uri}local`, of an element that opens. */
  open(name: string, found: readonly Attribute[]): string {
    this.#open.push(this.#scopeOf(found));
    return this.#expanded(name);
  }

  /** The same of an attribute of the element that opened last; one without a prefix is in no namespace. */
  attribute(name: string): string {
    return name.includes(':') ? this.#expanded(name) : '';
  }

  close(): void {
    this.#open.pop();
  }

  #expanded(name: string): string {
    const colon = name.indexOf(':');
    const uri = this.#open.at(-1)?.get(colon === -1 ? '' : name.slice(0, colon)) ?? '';
    return `{${uri}}${name.slice(colon + 1)}`;
  }

  #scopeOf(found: readonly Attribute[]): ReadonlyMap<string, string> {
    const outer = this.#open.at(-1) ?? new Map<string, string>();
    let own: Map<string, string> | null = null;
    for (const { name, from, to } of found) {
      if (!name.startsWith('xmlns') || (name.length > 5 && name[5] !== ':')) continue;
      own ??= new Map(outer);
      own.set(name.slice(6), this.#text.slice(from, to));
    }
    return own ?? outer;
  }
}
