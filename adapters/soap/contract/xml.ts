// A small tree of an XML document, with the namespaces in scope: QNames in attribute values need them.
// Strict: no DOCTYPE, no entities of its own, bounded depth. Text is concatenated over comments, CDATA and PIs.
import { SaxesParser } from 'saxes';
import { AdapterError } from '../../errors.ts';
import { xmlNs, xmlnsNs } from './namespaces.ts';
import type { SaxesTagNS } from 'saxes';
import type { QName } from './qname.ts';

export interface XmlAttribute {
  readonly ns: string;
  readonly local: string;
  readonly value: string;
}

/** Namespace declarations of an element and, by way of `outer`, of all around it. */
export interface Scope {
  readonly bindings: Readonly<Record<string, string>>;
  readonly outer: Scope | null;
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

interface Open {
  ns: string;
  local: string;
  attributes: XmlAttribute[];
  scope: Scope | null;
  children: XmlElement[];
  text: string;
  line: number;
}

const noAttributes: XmlAttribute[] = [];

/**
 * The document's root. Throws AdapterError: ERR_REFUSED for a DOCTYPE, ERR_MALFORMED for what is not well-formed,
 * ERR_TOO_LARGE over a limit.
 */
export const parseXml = (text: string, limits: XmlLimits = {}): XmlElement => {
  const deepest = limits.depth ?? 128;
  const widest = limits.attributes ?? 256;
  const parser = new SaxesParser({
    xmlns: true,
    position: limits.lines ?? false,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  const open: Open[] = [];
  let root: Open | null = null;
  let attributes = 0;

  parser.on('error', (error) => {
    throw new AdapterError('ERR_MALFORMED', `not well-formed XML: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new AdapterError('ERR_REFUSED', 'a document type declaration (DOCTYPE), which SOAP does not allow');
  });
  parser.on('opentagstart', () => {
    attributes = 0;
    // Checked before the namespaces of the new level are looked up.
    if (open.length >= deepest) throw new AdapterError('ERR_TOO_LARGE', `XML deeper than ${deepest} levels`);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > widest) throw new AdapterError('ERR_TOO_LARGE', `over ${widest} attributes on one element`);
  });
  parser.on('opentag', (tag) => {
    const parent = open.at(-1) ?? null;
    const outer = parent?.scope ?? null;
    const element: Open = {
      ns: tag.uri,
      local: tag.local,
      attributes: noAttributes,
      scope: outer,
      children: [],
      text: '',
      line: limits.lines === true ? parser.line : 0,
    };
    if (attributes > 0) read(tag, element);
    if (parent === null) root = element;
    else parent.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const append = (piece: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.write(text).close();
  if (root === null) throw new AdapterError('ERR_MALFORMED', 'not well-formed XML: no element');
  return root;
};

const read = (tag: SaxesTagNS, into: Open): void => {
  const own: XmlAttribute[] = [];
  let declares = false;
  for (const name in tag.attributes) {
    const attribute = tag.attributes[name];
    if (attribute === undefined) continue;
    if (attribute.uri === xmlnsNs) declares = true;
    else own.push({ ns: attribute.uri, local: attribute.local, value: attribute.value });
  }
  into.attributes = own;
  if (declares) into.scope = { bindings: tag.ns, outer: into.scope };
};

/** Namespace that a prefix stands for here; null where it is not declared. The default namespace has the prefix ``. */
const namespaceOf = (scope: Scope | null, prefix: string): string | null => {
  if (prefix === 'xml') return xmlNs;
  for (let at = scope; at !== null; at = at.outer) {
    const found = at.bindings[prefix];
    if (found !== undefined) return found;
  }
  return prefix === '' ? '' : null;
};

/** The name that a `prefix:local` value stands for at this element; null where the prefix is not declared. */
export const qnameAt = (element: XmlElement, value: string): QName | null => {
  const text = value.trim();
  const colon = text.indexOf(':');
  const ns = namespaceOf(element.scope, colon < 0 ? '' : text.slice(0, colon));
  return ns === null ? null : { ns, local: text.slice(colon + 1) };
};

/** Value of an attribute in no namespace; null where it is absent. */
export const attribute = (element: XmlElement, local: string, ns = ''): string | null => {
  for (const each of element.attributes) if (each.local === local && each.ns === ns) return each.value;
  return null;
};

export const childrenNamed = (element: XmlElement, ns: string, local: string): XmlElement[] =>
  element.children.filter((child) => child.local === local && child.ns === ns);

export const childNamed = (element: XmlElement, ns: string, local: string): XmlElement | null =>
  element.children.find((child) => child.local === local && child.ns === ns) ?? null;

/** Of a boolean attribute, absent or not. */
export const isTrue = (value: string | null): boolean => value?.trim() === 'true' || value?.trim() === '1';
