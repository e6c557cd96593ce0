// Where addresses stand in the XML that describes a service: WSDL, schemas, discovery, and the answer of WS-MetadataExchange.
import { addressingNamespaces, versionOf } from '../namespaces.ts';
import { Scopes } from './scopes.ts';
import { walkTags } from './xml-tags.ts';
import type { Attribute, Walker } from './xml-tags.ts';
import type { Place } from './place.ts';

const wsdl = 'http://schemas.xmlsoap.org/wsdl/';
const xsd = 'http://www.w3.org/2001/XMLSchema';
const disco = 'http://schemas.xmlsoap.org/disco/';
const mex = 'http://schemas.xmlsoap.org/ws/2004/09/mex';
const instance = 'http://www.w3.org/2001/XMLSchema-instance';
const signature = 'http://www.w3.org/2000/09/xmldsig#';

/** Attributes that hold one address, by the expanded name of their element. */
const attributes: ReadonlyMap<string, readonly string[]> = new Map([
  [`{${wsdl}soap/}address`, ['location']],
  [`{${wsdl}soap12/}address`, ['location']],
  [`{${wsdl}http/}address`, ['location']],
  [`{${wsdl}}import`, ['location']],
  [`{${xsd}}import`, ['schemaLocation']],
  [`{${xsd}}include`, ['schemaLocation']],
  [`{${xsd}}redefine`, ['schemaLocation']],
  [`{${disco}}discoveryRef`, ['ref']],
  [`{${disco}scl/}contractRef`, ['ref', 'docRef']],
  [`{${disco}schema/}schemaRef`, ['ref']],
  [`{${disco}soap/}soap`, ['address']],
]);

/** Elements whose text is one address. */
const texts: ReadonlySet<string> = new Set([
  ...[...addressingNamespaces].map((uri) => `{${uri}}Address`),
  `{${mex}}Location`,
]);

const roots: ReadonlySet<string> = new Set([
  `{${wsdl}}definitions`,
  `{${xsd}}schema`,
  `{${disco}}discovery`,
  `{${mex}}Metadata`,
]);

/**
 * Places of all addresses, in the order in which they stand. Empty for XML that describes no service, for what is signed (a changed
 * address would break the signature), and for what is not well-formed. Of an envelope only what its `mex:Metadata` has.
 */
export const xmlPlaces = (text: string): readonly Place[] => {
  const finder = new Finder(text);
  return walkTags(text, finder) && !finder.isSigned ? finder.places : [];
};

class Finder implements Walker {
  readonly places: Place[] = [];
  isSigned = false;
  readonly #text: string;
  readonly #scopes: Scopes;
  readonly #names: string[] = [];
  /** Depth at which what describes the service begins; Infinity: not yet. */
  #since = Infinity;
  /** Text of the element that was opened last, if it holds an address; null: it holds none, or something else besides. */
  #held: { from: number; to: number } | null = null;

  constructor(text: string) {
    this.#text = text;
    this.#scopes = new Scopes(text);
  }

  open(name: string, found: readonly Attribute[]): void {
    const element = this.#scopes.open(name, found);
    this.#names.push(element);
    this.#held = null;
    if (element === `{${signature}}Signature`) this.isSigned = true;
    if (this.#since === Infinity && this.#begins(element)) this.#since = this.#names.length;
    if (this.#names.length < this.#since) return;
    const wanted = attributes.get(element);
    for (const each of found) {
      if (wanted?.includes(each.name)) this.#place(each.from, each.to);
      else if (each.name.endsWith('chemaLocation')) this.#hints(each);
    }
    if (texts.has(element)) this.#held = { from: -1, to: -1 };
  }

  text(from: number, to: number): void {
    const held = this.#held;
    if (held === null) return;
    // In two pieces, with a comment between them: nobody writes addresses so.
    this.#held = held.from === -1 ? { from, to } : null;
  }

  close(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null && held.from !== -1) this.#place(held.from, held.to);
    if (this.#names.length === this.#since) this.#since = Infinity;
    this.#names.pop();
    this.#scopes.close();
  }

  /** XML Schema 1 §4.3.2: where a document's own schemas are, as pairs of namespace and address, or as one address. */
  #hints({ name, from, to }: Attribute): void {
    const hint = this.#scopes.attribute(name);
    if (hint === `{${instance}}noNamespaceSchemaLocation`) this.#place(from, to);
    if (hint !== `{${instance}}schemaLocation`) return;
    for (const [n, { 0: word, index }] of [...this.#text.slice(from, to).matchAll(/\S+/g)].entries())
      if (n % 2 === 1) this.#place(from + index, from + index + word.length);
  }

  /** Blanks around an address belong to the document. */
  #place(from: number, to: number): void {
    const raw = this.#text.slice(from, to);
    const value = raw.trim();
    const start = from + raw.length - raw.trimStart().length;
    this.places.push({ from: start, to: start + value.length, value });
  }

  #begins(element: string): boolean {
    if (this.#names.length === 1) return roots.has(element);
    const [root = ''] = this.#names;
    const isEnvelope = root.endsWith('}Envelope') && versionOf(root.slice(1, root.indexOf('}'))) !== null;
    return isEnvelope && element === `{${mex}}Metadata`;
  }
}
