// A small tree of an XML document, with the namespaces in scope: QNames in attribute values need them.
// Strict: no DOCTYPE, no entities of its own, bounded depth. Text is concatenated over comments, CDATA and PIs.
import { AdapterError } from '../../../errors.ts';
import { namespaceOf, XmlReader } from './xml-reader.ts';
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
  /** Levels of elements. 128 where nothing is said. */
  readonly depth?: number;
  /** Attributes and namespace declarations on one element. 256 where nothing is said. */
  readonly attributes?: number;
  /** Keep line numbers. */
  readonly lines?: boolean;
}

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

/** Tells a listener all of a document. Throws as XmlReader does, and whatever the listener throws. */
export const readXml = (text: string, listener: XmlListener, limits: XmlLimits = {}): void => {
  const reader = new XmlReader(text, listener, limits);
  while (reader.read(Infinity));
};

/** The document's root. Throws as XmlReader does. */
export const parseXml = (text: string, limits: XmlLimits = {}): XmlElement => {
  const tree = new XmlTree();
  readXml(text, tree, limits);
  if (tree.root === null) throw new AdapterError('ERR_MALFORMED', 'not well-formed XML: no element');
  return tree.root;
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
