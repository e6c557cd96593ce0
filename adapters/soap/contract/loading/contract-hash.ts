// What a contract says, as one number: equal for documents that differ in layout, prefixes, comments, documentation,
// addresses, in how they are split and in the order they are read.
import { createHash } from 'node:crypto';
import { wsdlNs, wsdlSoap12Ns, wsdlSoapNs, xsdNs } from '../xml/namespaces.ts';
import { expanded } from '../xml/qname.ts';
import { attribute, qnameAt } from '../xml/xml.ts';
import type { SchemaDocument, WsdlDocument } from './documents.ts';
import type { XmlElement } from '../xml/xml.ts';

/** SHA-256 in hex over all declarations, sorted, each once. */
export const contractHash = (wsdls: readonly WsdlDocument[], schemas: readonly SchemaDocument[]): string => {
  const parts = new Set<string>();
  for (const { root, namespace } of wsdls) {
    for (const child of root.children)
      if (child.local !== 'import' && child.local !== 'types') add(child, namespace, parts);
  }
  for (const schema of schemas) {
    const { root, namespace, chameleon } = schema;
    const defaults = perSchema.map((name) => attribute(root, name) ?? '').join(' ');
    for (const child of root.children) {
      if (child.local !== 'import' && child.local !== 'include')
        add(child, `${namespace} ${chameleon} ${defaults}`, parts);
    }
  }
  return createHash('sha256')
    .update([...parts].toSorted().join('\n'))
    .digest('hex');
};

/** What a schema says for the declarations in it. */
const perSchema = ['elementFormDefault', 'attributeFormDefault', 'blockDefault', 'finalDefault'];

const add = (element: XmlElement, context: string, to: Set<string>): void => {
  if (isSilent(element)) return;
  const parts = [context];
  write(element, parts);
  to.add(parts.join(''));
};

const write = (element: XmlElement, parts: string[]): void => {
  if (isSilent(element)) return;
  parts.push(`<${expanded(element)}`);
  const attributes = element.attributes
    .filter((each) => each.local !== 'schemaLocation')
    .map((each) => ` ${expanded(each)}=${JSON.stringify(resolved(element, each.local, each.value))}`);
  parts.push(...attributes.toSorted(), '>', JSON.stringify(element.text.trim()));
  for (const child of element.children) write(child, parts);
  parts.push('</>');
};

/** Attributes whose values are names. */
const naming = new Set([
  'type',
  'ref',
  'base',
  'element',
  'message',
  'binding',
  'itemType',
  'substitutionGroup',
  'header',
  'arrayType',
]);

/** Prefixes are replaced by what they stand for, wherever a value may be a name. */
const resolved = (element: XmlElement, local: string, value: string): string => {
  if (local === 'memberTypes')
    return value
      .trim()
      .split(/\s+/)
      .map((each) => named(element, each))
      .join(' ');
  if (naming.has(local)) return named(element, value);
  return value.includes(':') ? `${value} ${named(element, value)}` : value;
};

const named = (element: XmlElement, value: string): string => {
  const name = qnameAt(element, value);
  return name === null ? value : `{${name.ns}}${name.local}`;
};

const isSilent = ({ ns, local, children }: XmlElement): boolean =>
  (local === 'documentation' && (ns === wsdlNs || ns === xsdNs)) ||
  (local === 'annotation' && ns === xsdNs && children.every(isSilent)) ||
  (local === 'address' && (ns === wsdlSoapNs || ns === wsdlSoap12Ns));
