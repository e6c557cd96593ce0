// Where the address stands to which an envelope says it goes, and whether it may be changed there.
import { versionOf, wsaNs, wsaSubmissionNs } from './namespaces.ts';
import { Scopes } from './metadata/scopes.ts';
import { walkTags } from './metadata/xml-tags.ts';
import type { Place } from './metadata/place.ts';
import type { Attribute, Walker } from './metadata/xml-tags.ts';

const tos: ReadonlySet<string> = new Set([`{${wsaNs}}To`, `{${wsaSubmissionNs}}To`]);
const encryption = '{http://www.w3.org/2001/04/xmlenc#}';
// What is encrypted may hold a signature: WCF encrypts its own.
const seals: ReadonlySet<string> = new Set([
  '{http://www.w3.org/2000/09/xmldsig#}Signature',
  `${encryption}EncryptedData`,
  `${encryption}EncryptedKey`,
]);

/**
 * Characters of the URL in the envelope's one `wsa:To`. `none`: it has none, or one that is no http address, or two. `sealed`:
 * something in the header is signed or encrypted. `open`: the header has no end in `text`.
 */
export const toPlace = (text: string): Place | 'none' | 'sealed' | 'open' => {
  const finder = new Finder(text);
  if (!walkTags(text, finder) || !finder.isDone) return 'open';
  const [place] = finder.found;
  if (place === undefined || finder.found.length > 1 || !isAddress(place.value)) return 'none';
  return finder.isSealed ? 'sealed' : place;
};

/** Not the names that WS-Addressing has for nobody and for whoever asked. */
const isAddress = (value: string): boolean =>
  /^https?:\/\/[^\s<>]+$/i.test(value) && !value.startsWith(wsaNs) && !value.startsWith(wsaSubmissionNs);

class Finder implements Walker {
  readonly found: Place[] = [];
  isSealed = false;
  isDone = false;
  readonly #text: string;
  readonly #scopes: Scopes;
  #depth = 0;
  #isInHeader = false;
  /** Pieces of the text of the `wsa:To` that is open; null: none is. */
  #pieces: { readonly from: number; readonly to: number }[] | null = null;

  constructor(text: string) {
    this.#text = text;
    this.#scopes = new Scopes(text);
  }

  open(name: string, attributes: readonly Attribute[]): void {
    const element = this.#scopes.open(name, attributes);
    this.#depth++;
    if (this.#depth === 1 && !isOfSoap(element, 'Envelope')) this.isDone = true;
    if (this.#depth === 2) {
      this.#isInHeader = isOfSoap(element, 'Header');
      if (isOfSoap(element, 'Body')) this.isDone = true;
    }
    if (!this.#isInHeader) return;
    if (seals.has(element)) this.isSealed = true;
    this.#pieces = this.#depth === 3 && tos.has(element) ? [] : null;
  }

  text(from: number, to: number): void {
    this.#pieces?.push({ from, to });
  }

  close(): void {
    const pieces = this.#pieces;
    this.#pieces = null;
    if (pieces !== null) this.#place(pieces);
    if (this.#depth === 2 && this.#isInHeader) this.isDone = true;
    this.#depth--;
    this.#scopes.close();
  }

  /** Blanks around an address stay; one in several pieces (a comment between them) is no address to us. */
  #place(pieces: readonly { readonly from: number; readonly to: number }[]): void {
    const [{ from, to } = { from: 0, to: 0 }] = pieces;
    const raw = pieces.length === 1 ? this.#text.slice(from, to) : '';
    const value = raw.trim();
    const start = from + raw.length - raw.trimStart().length;
    this.found.push({ from: start, to: start + value.length, value });
  }
}

const isOfSoap = (element: string, local: string): boolean =>
  element.endsWith(`}${local}`) && versionOf(element.slice(1, element.indexOf('}'))) !== null;
