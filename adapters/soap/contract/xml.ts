// A small tree of an XML document, with the namespaces in scope: QNames in attribute values need them.
// Strict: no DOCTYPE, no entities of its own, bounded depth. Text is concatenated over comments, CDATA and PIs.
import { SaxesParser } from 'saxes';
import { AdapterError } from '../../errors.ts';
import { xmlNs, xmlnsNs } from './namespaces.ts';
import type { SaxesTagNS } from 'saxes';
import type { QName } from './qname.ts';

export interface XmlAttribute {
  readonly prefix: string;
  readonly ns: string;
  readonly local: string;
  readonly value: string;
}

/** Namespace declarations of an element and, by way of `outer`, of all around it. */
export interface Scope {
  readonly bindings: Readonly<Record<string, string>>;
  readonly outer: Scope | null;
}

/** A start tag. */
export interface Tag {
  readonly prefix: string;
  readonly ns: string;
  readonly local: string;
  /** Without namespace declarations; those are in `scope`. */
  readonly attributes: readonly XmlAttribute[];
  readonly scope: Scope | null;
  /** Line of the start tag, from 1; 0 unless `lines` was asked for. */
  readonly line: number;
}

/** What is told of a document, in its order. Text comes in pieces: comments, CDATA and PIs may stand between them. */
export interface XmlListener {
  open(tag: Tag): void;
  text(piece: string): void;
  close(): void;
}

export interface XmlElement {
  readonly ns: string;
  readonly local: string;
  /** Without namespace declarations; those are in `scope`. */
  readonly attributes: readonly XmlAttribute[];
  readonly scope: Scope | null;
  readonly children: readonly XmlElement[];
  /** The element's own text, pieces joined; where it stood between children is not kept. */
  readonly text: string;
  /** Line of the start tag, from 1; 0 unless `lines` was asked for. */
  readonly line: number;
}

export interface XmlLimits {
  /** Levels of elements; the parser's cost is quadratic in depth. 128 where nothing is said. */
  readonly depth?: number;
  /** Attributes and namespace declarations on one element. 256 where nothing is said. */
  readonly attributes?: number;
  /** Keep line numbers. */
  readonly lines?: boolean;
}

const noAttributes: readonly XmlAttribute[] = [];

/**
 * Reads a document in pieces. `write` and `end` throw AdapterError: ERR_REFUSED for a DOCTYPE, ERR_MALFORMED for what
 * is not well-formed, ERR_TOO_LARGE over a limit; and whatever the listener throws. Of no use after that.
 */
export class XmlReader {
  readonly #parser: SaxesParser<{ xmlns: true }>;
  #depth = 0;
  #attributes = 0;
  #scopes: (Scope | null)[] = [];

  constructor(listener: XmlListener, limits: XmlLimits = {}) {
    const deepest = limits.depth ?? 128;
    const widest = limits.attributes ?? 256;
    const lines = limits.lines ?? false;
    const parser = new SaxesParser({
      xmlns: true,
      position: lines,
      forceXMLVersion: true,
      defaultXMLVersion: '1.0',
    } as const);
    this.#parser = parser;
    parser.on('error', (error) => {
      throw new AdapterError('ERR_MALFORMED', `not well-formed XML: ${error.message}`);
    });
    parser.on('doctype', () => {
      throw new AdapterError('ERR_REFUSED', 'a document type declaration (DOCTYPE), which SOAP does not allow');
    });
    parser.on('opentagstart', () => {
      this.#attributes = 0;
      // Checked before the namespaces of the new level are looked up.
      if (this.#depth >= deepest) throw new AdapterError('ERR_TOO_LARGE', `XML deeper than ${deepest} levels`);
    });
    parser.on('attribute', () => {
      this.#attributes += 1;
      if (this.#attributes > widest) {
        throw new AdapterError('ERR_TOO_LARGE', `over ${widest} attributes on one element`);
      }
    });
    parser.on('opentag', (tag) => listener.open(this.#tag(tag, lines ? parser.line : 0)));
    parser.on('closetag', () => {
      this.#depth -= 1;
      listener.close();
    });
    const text = (piece: string): void => {
      if (this.#depth > 0) listener.text(piece);
    };
    parser.on('text', text);
    parser.on('cdata', text);
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  /** Throws too where the document has not ended. */
  end(): void {
    this.#parser.close();
  }

  #tag(tag: SaxesTagNS, line: number): Tag {
    const outer = this.#depth === 0 ? null : (this.#scopes[this.#depth - 1] ?? null);
    const read = this.#attributes === 0 ? null : readAttributes(tag);
    const scope = read?.declares === true ? { bindings: tag.ns, outer } : outer;
    this.#scopes[this.#depth] = scope;
    this.#depth += 1;
    return {
      prefix: tag.prefix,
      ns: tag.uri,
      local: tag.local,
      attributes: read === null ? noAttributes : read.attributes,
      scope,
      line,
    };
  }
}

const readAttributes = (tag: SaxesTagNS): { attributes: readonly XmlAttribute[]; declares: boolean } => {
  let attributes: XmlAttribute[] | null = null;
  let declares = false;
  for (const name in tag.attributes) {
    const found = tag.attributes[name];
    if (found === undefined) continue;
    const { prefix, uri, local, value } = found;
    if (uri === xmlnsNs) declares = true;
    else (attributes ??= []).push({ prefix, ns: uri, local, value });
  }
  return { attributes: attributes ?? noAttributes, declares };
};

interface Open extends XmlElement {
  children: XmlElement[];
  text: string;
}

/** Keeps what it is told as a tree. */
export class XmlTree implements XmlListener {
  /** null until the first element was opened. */
  root: XmlElement | null = null;
  readonly #open: Open[] = [];

  open({ ns, local, attributes, scope, line }: Tag): void {
    const element: Open = { ns, local, attributes, scope, children: [], text: '', line };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
    this.#open.push(element);
  }

  text(piece: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += piece;
  }

  close(): void {
    this.#open.pop();
  }
}

/** The document's root. Throws as XmlReader does. */
export const parseXml = (text: string, limits: XmlLimits = {}): XmlElement => {
  const tree = new XmlTree();
  const reader = new XmlReader(tree, limits);
  reader.write(text);
  reader.end();
  if (tree.root === null) throw new AdapterError('ERR_MALFORMED', 'not well-formed XML: no element');
  return tree.root;
};

/** Namespace that a prefix stands for here; null where it is not declared. The default namespace has the prefix ``. */
export const namespaceOf = (scope: Scope | null, prefix: string): string | null => {
  if (prefix === 'xml') return xmlNs;
  for (let at = scope; at !== null; at = at.outer) {
    const found = at.bindings[prefix];
    if (found !== undefined) return found;
  }
  return prefix === '' ? '' : null;
};

/** The name that a `prefix:local` value stands for at this element; null where the prefix is not declared. */
export const qnameAt = (element: Pick<XmlElement, 'scope'>, value: string): QName | null => {
  const text = value.trim();
  const colon = text.indexOf(':');
  const ns = namespaceOf(element.scope, colon < 0 ? '' : text.slice(0, colon));
  return ns === null ? null : { ns, local: text.slice(colon + 1) };
};

/** Value of an attribute in no namespace; null where it is absent. */
export const attribute = (element: Pick<XmlElement, 'attributes'>, local: string, ns = ''): string | null => {
  for (const each of element.attributes) if (each.local === local && each.ns === ns) return each.value;
  return null;
};

export const childrenNamed = (element: XmlElement, ns: string, local: string): XmlElement[] =>
  element.children.filter((child) => child.local === local && child.ns === ns);

export const childNamed = (element: XmlElement, ns: string, local: string): XmlElement | null =>
  element.children.find((child) => child.local === local && child.ns === ns) ?? null;

/** Of a boolean attribute, absent or not. */
export const isTrue = (value: string | null): boolean => value?.trim() === 'true' || value?.trim() === '1';
