// XML that the schema does not name, kept as text: exclusive canonical form without comments, every namespace declared
// in it, so that it can be read anywhere. Prefixes stay: names in values are written with them.
import { AdapterError } from '../../../errors.ts';
import { escapeAttribute, escapeText } from './escape.ts';
import { kindOf, Misfit } from '../values/misfit.ts';
import { readXml } from './xml.ts';
import { namespaceOf } from './xml-reader.ts';
import type { Json } from '../../../adapter.ts';
import type { QName } from './qname.ts';
import type { Tag, XmlAttribute, XmlListener } from './xml.ts';

interface Open {
  readonly tag: Tag;
  readonly name: string;
  /** Prefixes that its start tag declares. */
  readonly declared: Map<string, string>;
  /** Where in `parts` its start tag stands. */
  readonly at: number;
  /** Its own text, while it has no children; null once it has. */
  text: string | null;
}

const nameLike = /^\s*([\p{L}_][\p{L}\p{N}\p{M}._·-]*):[\p{L}_][\p{L}\p{N}\p{M}._·-]*\s*$/u;

/** Collects one element with all that is in it. */
export class RawXml implements XmlListener {
  /** Of the outermost element; null until it was opened. */
  root: Tag | null = null;
  /** Prefixes of what look like names in values, though nothing declares them. */
  readonly loose = new Set<string>();
  readonly #parts: string[] = [];
  readonly #open: Open[] = [];

  open(tag: Tag): void {
    this.root ??= tag;
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.text = null;
    const name = tag.prefix === '' ? tag.local : `${tag.prefix}:${tag.local}`;
    const open: Open = { tag, name, declared: new Map(), at: this.#parts.length, text: '' };
    this.#open.push(open);
    this.#declare(open, tag.prefix, tag.ns);
    for (const each of tag.attributes) {
      if (each.prefix !== '' && each.prefix !== 'xml') this.#declare(open, each.prefix, each.ns);
      this.#declareNamed(open, each.value);
    }
    this.#parts.push(startTag(open));
  }

  text(piece: string): void {
    const open = this.#open.at(-1);
    if (open !== undefined && open.text !== null) open.text += piece;
    this.#parts.push(escapeText(piece));
  }

  close(): void {
    const open = this.#open.at(-1);
    if (open === undefined) return;
    if (open.text !== null && this.#declareNamed(open, open.text)) this.#parts[open.at] = startTag(open);
    this.#open.pop();
    this.#parts.push(`</${open.name}>`);
  }

  get isWhole(): boolean {
    return this.root !== null && this.#open.length === 0;
  }

  toString(): string {
    return this.#parts.join('');
  }

  #declare(open: Open, prefix: string, ns: string): void {
    if (this.#rendered(prefix) !== ns) open.declared.set(prefix, ns);
  }

  /** A value that looks like a name takes its prefix along. */
  #declareNamed(open: Open, value: string): boolean {
    const prefix = value.length > 300 || !value.includes(':') ? undefined : nameLike.exec(value)?.[1];
    if (prefix === undefined || prefix === 'xml' || prefix === 'xmlns') return false;
    const ns = namespaceOf(open.tag.scope, prefix);
    if (ns === null) this.loose.add(prefix);
    else this.#declare(open, prefix, ns);
    return ns !== null;
  }

  #rendered(prefix: string): string | null {
    for (let at = this.#open.length - 1; at >= 0; at -= 1) {
      const found = this.#open[at]?.declared.get(prefix);
      if (found !== undefined) return found;
    }
    return prefix === '' ? '' : null;
  }
}

const startTag = ({ tag, name, declared }: Open): string => {
  let out = `<${name}`;
  for (const prefix of [...declared.keys()].toSorted()) {
    out += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(declared.get(prefix) ?? '')}"`;
  }
  for (const each of tag.attributes.toSorted(byName)) {
    out += ` ${each.prefix === '' ? '' : `${each.prefix}:`}${each.local}="${escapeAttribute(each.value)}"`;
  }
  return `${out}>`;
};

const byName = (a: XmlAttribute, b: XmlAttribute): number => order(a.ns, b.ns) || order(a.local, b.local);
const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

// It is parsed in one go.
const longest = 128 * 1024;

/** What is around it when it is written. */
export interface Around {
  /** Prefixes that mean something there. */
  readonly prefixes: ReadonlySet<string>;
}

/**
 * XML from JSON, parsed and written again: one element, well-formed, without a DOCTYPE. `depth` levels are around it.
 * Throws Misfit.
 */
export const writtenRaw = (
  json: Json,
  depth: number,
  around: Around,
): { readonly name: QName; readonly text: string } => {
  if (typeof json !== 'string') throw new Misfit(`${kindOf(json)}; expected XML as a string`);
  if (json.length > longest) throw new Misfit(`XML of ${json.length} characters; expected at most ${longest}`);
  const raw = new RawXml();
  try {
    readXml(json, raw, { depth: Math.max(1, 120 - depth) });
  } catch (error) {
    if (error instanceof AdapterError) throw new Misfit(error.message);
    throw error;
  }
  const { root, loose } = raw;
  if (root === null) throw new Misfit('no element; expected XML');
  for (const prefix of loose) {
    // It would come to mean something where it is put.
    if (around.prefixes.has(prefix)) throw new Misfit(`a value with the prefix "${prefix}", which nothing declares`);
  }
  return { name: { ns: root.ns, local: root.local }, text: String(raw) };
};
