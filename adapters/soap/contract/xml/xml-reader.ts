// XML 1.0 with namespaces, read from a text that is whole: well-formed or refused, no DOCTYPE, no entities of its own.
// Written for this one use because it is the hot path: a general parser takes three times as long as all that follows.
// Whatever a document says of itself at once (illegal characters, line ends) is looked up at once, not piece by piece.
import { AdapterError } from '../../../errors.ts';
import { xmlNs, xmlnsNs } from './namespaces.ts';
import { asciiName, isBlank, isName, unescaped } from './xml-text.ts';
import type { Scope, Tag, XmlAttribute, XmlLimits, XmlListener } from './xml.ts';

/** What is open: its name as written, and what prefixes mean in it. */
interface Open {
  readonly name: string;
  readonly names: Names;
}

/** Names that stand under one set of namespace declarations, each resolved once. */
interface Names {
  readonly scope: Scope | null;
  /** Made for the first name. */
  tags: Map<string, Tag> | null;
}

const noAttributes: readonly XmlAttribute[] = [];
// oxlint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const declaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/;

// Nearly every name there is, told without Unicode's tables.
const usual = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;

const lt = 0x3c;
const gt = 0x3e;
const slash = 0x2f;

/** Throws AdapterError: ERR_REFUSED for a DOCTYPE, ERR_MALFORMED for what is not well-formed, ERR_TOO_LARGE over a limit. */
export class XmlReader {
  readonly #text: string;
  readonly #listener: XmlListener;
  readonly #deepest: number;
  readonly #widest: number;
  readonly #lines: boolean;
  readonly #hasReferences: boolean;
  readonly #hasEnds: boolean;
  readonly #hasBreaks: boolean;
  readonly #open: Open[] = [];
  #names: Names = { scope: null, tags: null };
  #at: number;
  #sawRoot = false;
  /** Of the start tag being read, 0 where nobody asks. */
  #line = 0;
  #lineAt = 0;

  constructor(text: string, listener: XmlListener, limits: XmlLimits = {}) {
    if (illegal.test(text) || !text.isWellFormed()) throw malformed('a character that XML cannot carry');
    const whole = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    this.#text = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
    this.#listener = listener;
    this.#deepest = limits.depth ?? 128;
    this.#widest = limits.attributes ?? 256;
    this.#lines = limits.lines ?? false;
    this.#hasReferences = text.includes('&');
    this.#hasEnds = text.includes(']]>');
    this.#hasBreaks = whole.includes('\n') || text.includes('\t');
    this.#at = this.#declarationEnd();
    if (this.#lines) this.#line = 1;
  }

  /** Reads on for about `length` characters. Answers whether there are more. Of no use once it has thrown. */
  read(length: number): boolean {
    const text = this.#text;
    const until = Math.min(text.length, this.#at + length);
    while (this.#at < until) {
      if (text.charCodeAt(this.#at) !== lt) this.#characters();
      else this.#markup(text.charCodeAt(this.#at + 1));
    }
    if (this.#at < text.length) return true;
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw malformed(`the end of the text, with ${unclosed.name.slice(0, 60)} open`);
    if (!this.#sawRoot) throw malformed('no element');
    return false;
  }

  #declarationEnd(): number {
    if (!this.#text.startsWith('<?xml') || !isBlank(this.#text.slice(5, 6))) return 0;
    const found = declaration.exec(this.#text);
    if (found === null) throw malformed('a declaration that is none');
    return found[0].length;
  }

  #characters(): void {
    const text = this.#text;
    const next = text.indexOf('<', this.#at);
    const end = next < 0 ? text.length : next;
    const piece = text.slice(this.#at, end);
    this.#at = end;
    if (this.#open.length === 0) {
      if (!isBlank(piece)) throw malformed('text outside of the root element');
      return;
    }
    if (this.#hasEnds && piece.includes(']]>')) throw malformed('"]]>" in text');
    this.#listener.text(this.#hasReferences && piece.includes('&') ? unescaped(piece) : piece);
  }

  #markup(second: number): void {
    if (second === slash) this.#endTag();
    else if (second === 0x21) this.#declared();
    else if (second === 0x3f) this.#instruction();
    else this.#startTag();
  }

  /** Comment, CDATA, or what is not allowed. */
  #declared(): void {
    const text = this.#text;
    if (text.startsWith('<!--', this.#at)) {
      const end = text.indexOf('--', this.#at + 4);
      if (end < 0 || text.charCodeAt(end + 2) !== gt) throw malformed('a comment that does not end, or has "--" in it');
      this.#at = end + 3;
    } else if (text.startsWith('<![CDATA[', this.#at)) {
      const end = text.indexOf(']]>', this.#at + 9);
      if (end < 0 || this.#open.length === 0) throw malformed('CDATA that does not end, or stands outside of the root');
      if (end > this.#at + 9) this.#listener.text(text.slice(this.#at + 9, end));
      this.#at = end + 3;
    } else if (text.startsWith('<!DOCTYPE', this.#at)) {
      throw new AdapterError('ERR_REFUSED', 'a document type declaration (DOCTYPE), which SOAP does not allow');
    } else throw malformed('"<!" that begins nothing');
  }

  #instruction(): void {
    const text = this.#text;
    const end = text.indexOf('?>', this.#at + 2);
    if (end < 0) throw malformed('a processing instruction that does not end');
    const [target = ''] = text.slice(this.#at + 2, end).split(/[ \t\n]/, 1);
    if (!isName(target) || target.includes(':') || target.toLowerCase() === 'xml') {
      throw malformed(`a processing instruction named "${target.slice(0, 60)}"`);
    }
    this.#at = end + 2;
  }

  #endTag(): void {
    const text = this.#text;
    const open = this.#open.pop();
    const start = this.#at + 2;
    if (open === undefined || !text.startsWith(open.name, start)) {
      throw malformed(`an end tag that closes nothing; expected ${open?.name.slice(0, 60) ?? 'the end'}`);
    }
    let at = this.#afterBlanks(start + open.name.length);
    if (text.charCodeAt(at) !== gt) throw malformed(`an end tag for ${open.name.slice(0, 60)} that does not end`);
    at += 1;
    this.#at = at;
    this.#names = open.names;
    this.#listener.close();
  }

  #startTag(): void {
    const text = this.#text;
    const start = this.#at + 1;
    const end = this.#nameEnd(start);
    const name = text.slice(start, end);
    if (this.#open.length >= this.#deepest) {
      throw new AdapterError('ERR_TOO_LARGE', `XML deeper than ${this.#deepest} levels`);
    }
    if (this.#open.length === 0) {
      if (this.#sawRoot) throw malformed('a second root element');
      this.#sawRoot = true;
    }
    if (this.#lines) this.#countLines();
    const outer = this.#names;
    const code = text.charCodeAt(end);
    this.#at = end;
    const attributes = code === gt || code === slash ? null : this.#attributes();
    const tag = attributes === null ? this.#tag(name) : this.#tagWith(name, attributes);
    const isEmpty = text.charCodeAt(this.#at) === slash;
    if (text.charCodeAt(this.#at + (isEmpty ? 1 : 0)) !== gt)
      throw malformed(`a start tag of ${name.slice(0, 60)} that does not end`);
    this.#at += isEmpty ? 2 : 1;
    if (isEmpty) {
      this.#names = outer;
      this.#listener.open(tag);
      this.#listener.close();
    } else {
      this.#open.push({ name, names: outer });
      this.#listener.open(tag);
    }
  }

  /** Of an element that declares nothing and has no attributes: the same each time. */
  #tag(name: string): Tag {
    const names = this.#names;
    const known = this.#lines ? undefined : names.tags?.get(name);
    if (known !== undefined) return known;
    const tag = this.#resolved(name, noAttributes);
    (names.tags ??= new Map()).set(name, tag);
    return tag;
  }

  #resolved(name: string, attributes: readonly XmlAttribute[]): Tag {
    const { scope } = this.#names;
    const [prefix, local] = parts(name);
    const ns = namespaceOf(scope, prefix);
    if (ns === null || prefix === 'xmlns') throw malformed(`the prefix ${prefix.slice(0, 60)}, which is not declared`);
    return { prefix, ns, local, attributes, scope, line: this.#line };
  }

  /** Names and values as written, values with their references resolved. Leaves off at `>` or `/>`. */
  #attributes(): string[] | null {
    const text = this.#text;
    const found: string[] = [];
    for (;;) {
      const at = this.#afterBlanks(this.#at);
      const code = text.charCodeAt(at);
      if (code === gt || code === slash) {
        this.#at = at;
        return found.length === 0 ? null : found;
      }
      if (at === this.#at) throw malformed('attributes without a blank between them, or a name that is none');
      const end = this.#nameEnd(at);
      const equals = this.#afterBlanks(end);
      const quote = this.#afterBlanks(equals + 1);
      const mark = text.charAt(quote);
      if (text.charCodeAt(equals) !== 0x3d || (mark !== '"' && mark !== "'"))
        throw malformed('an attribute without a value in quotes');
      const close = text.indexOf(mark, quote + 1);
      if (close < 0) throw malformed('an attribute that does not end');
      const raw = text.slice(quote + 1, close);
      if (raw.includes('<')) throw malformed('"<" in an attribute');
      const plain = this.#hasBreaks && /[\t\n]/.test(raw) ? raw.replace(/[\t\n]/g, ' ') : raw;
      found.push(text.slice(at, end), this.#hasReferences && plain.includes('&') ? unescaped(plain) : plain);
      if (found.length > 2 * this.#widest) {
        throw new AdapterError('ERR_TOO_LARGE', `over ${this.#widest} attributes on one element`);
      }
      this.#at = close + 1;
    }
  }

  #tagWith(name: string, written: readonly string[]): Tag {
    const bindings: Record<string, string> = {};
    let declares = false;
    let own: [prefix: string, local: string, value: string][] | null = null;
    for (let at = 0; at < written.length; at += 2) {
      const [prefix, local] = parts(written[at] ?? '');
      const value = written[at + 1] ?? '';
      if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) {
        const declared = prefix === '' ? '' : local;
        if (Object.hasOwn(bindings, declared)) throw malformed('one prefix declared twice');
        checkBinding(declared, value);
        // Assigning a prefix of that name would bind nothing; defining each would cost more than all else here.
        if (declared !== '__proto__') bindings[declared] = value;
        else Object.defineProperty(bindings, declared, { value, enumerable: true, configurable: true, writable: true });
        declares = true;
      } else (own ??= []).push([prefix, local, value]);
    }
    if (declares) this.#names = { scope: { bindings, outer: this.#names.scope }, tags: null };
    const attributes = own === null ? noAttributes : this.#resolvedAttributes(own);
    return this.#resolved(name, attributes);
  }

  #resolvedAttributes(own: readonly (readonly [string, string, string])[]): readonly XmlAttribute[] {
    const attributes: XmlAttribute[] = [];
    const seen = own.length > 8 ? new Set<string>() : null;
    for (const [prefix, local, value] of own) {
      const ns = prefix === '' ? '' : namespaceOf(this.#names.scope, prefix);
      if (ns === null) throw malformed(`the prefix ${prefix.slice(0, 60)}, which is not declared`);
      const isTwice =
        seen === null ? attributes.some((each) => each.local === local && each.ns === ns) : seen.has(`${ns}}${local}`);
      if (isTwice) throw malformed(`the attribute ${local.slice(0, 60)} twice`);
      seen?.add(`${ns}}${local}`);
      attributes.push({ prefix, ns, local, value });
    }
    return attributes;
  }

  #nameEnd(start: number): number {
    const text = this.#text;
    let at = start;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < 0x80 ? asciiName[code] !== 1 : false) break;
    }
    return at;
  }

  #afterBlanks(start: number): number {
    const text = this.#text;
    let at = start;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x09) break;
    }
    return at;
  }

  #countLines(): void {
    for (
      let at = this.#text.indexOf('\n', this.#lineAt);
      at >= 0 && at < this.#at;
      at = this.#text.indexOf('\n', at + 1)
    ) {
      this.#line += 1;
      this.#lineAt = at + 1;
    }
  }
}

/** Namespaces in XML 1.0 §3, §4. */
const parts = (name: string): [prefix: string, local: string] => {
  if (usual.test(name)) {
    const at = name.indexOf(':');
    return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
  }
  if (!isName(name)) throw malformed(`"${name.slice(0, 60)}", which is no name`);
  const colon = name.indexOf(':');
  if (colon < 0) return ['', name];
  const [prefix, local] = [name.slice(0, colon), name.slice(colon + 1)];
  if (prefix === '' || !isName(local) || local.includes(':'))
    throw malformed(`"${name.slice(0, 60)}", which is no name`);
  return [prefix, local];
};

/** Namespace that a prefix stands for here; null where it is not declared. The default namespace has the prefix ``. */
export const namespaceOf = (scope: Scope | null, prefix: string): string | null => {
  if (prefix === 'xml') return xmlNs;
  for (let at = scope; at !== null; at = at.outer) {
    if (Object.hasOwn(at.bindings, prefix)) return at.bindings[prefix] ?? null;
  }
  return prefix === '' ? '' : null;
};

const checkBinding = (prefix: string, ns: string): void => {
  const isReserved = prefix === 'xmlns' || ns === xmlnsNs || (prefix === 'xml') !== (ns === xmlNs);
  if (isReserved || (prefix !== '' && ns === '')) {
    throw malformed(`the prefix ${prefix.slice(0, 60)} declared as what it cannot be`);
  }
};

const malformed = (message: string): AdapterError =>
  new AdapterError('ERR_MALFORMED', `not well-formed XML: ${message}`);
