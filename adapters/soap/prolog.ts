import { Stop } from './stop.ts';

/** A prolog longer than this is not read on, characters. */
export const prologLimit = 16_384;

/**
 * Looks at what stands before the root element, for a DOCTYPE: the XML parser tells of one only when it is
 * complete, and it may be longer than all we read. One per message.
 */
export class Prolog {
  #text = '';
  #at = 0;
  #over = false;

  /** @throws Stop `doctype`, or `limit` where the prolog is too long. */
  look(text: string): void {
    if (this.#over) return;
    this.#text += text;
    for (;;) {
      const next = this.#next();
      if (next < 0) break;
      this.#at = next;
    }
    if ((this.#over ? this.#at : this.#text.length) > prologLimit) throw new Stop('limit');
    if (this.#over) this.#text = '';
  }

  /** Where the next piece of the prolog begins; -1: at the root, or more text is needed. */
  #next(): number {
    const text = this.#text;
    let at = this.#at;
    while (isBlank(text.charCodeAt(at))) at++;
    if (text.startsWith('<!D', at)) throw new Stop('doctype');
    if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
    if (text.startsWith('<?', at)) return after(text, '?>', at + 2);
    this.#at = at;
    this.#over = at < text.length && !'<!--'.startsWith(text.slice(at, at + 4));
    return -1;
  }
}

const after = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from);
  return found < 0 ? -1 : found + mark.length;
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
