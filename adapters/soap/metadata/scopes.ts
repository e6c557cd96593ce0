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
    const scope = this.#scopeOf(found);
    this.#open.push(scope);
    const colon = name.indexOf(':');
    const uri = scope.get(colon === -1 ? '' : name.slice(0, colon)) ?? '';
    return `{${uri}}${name.slice(colon + 1)}`;
  }

  close(): void {
    this.#open.pop();
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
