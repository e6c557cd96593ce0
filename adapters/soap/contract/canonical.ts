// What a contract's file says, as one text: equal for files that differ in layout, comments, documentation or addresses.
import { wsdlNs, wsdlSoap12Ns, wsdlSoapNs, xsdNs } from './namespaces.ts';
import type { XmlElement } from './xml.ts';

/** Not a document to be parsed again: only to be hashed and compared. */
export const canonical = (element: XmlElement): string => {
  const parts: string[] = [];
  write(element, null, parts);
  return parts.join('');
};

const write = (element: XmlElement, outer: XmlElement['scope'], parts: string[]): void => {
  if (isSilent(element)) return;
  parts.push(`<{${element.ns}}${element.local}`);
  // Prefixes count: names in attribute values are written with them.
  if (element.scope !== null && element.scope !== outer) {
    for (const prefix of Object.keys(element.scope.bindings).toSorted()) {
      parts.push(` ${prefix}:${JSON.stringify(element.scope.bindings[prefix])}`);
    }
  }
  const attributes = element.attributes
    .filter((each) => each.local !== 'schemaLocation' && !(each.local === 'location' && element.local === 'import'))
    .map((each) => ` {${each.ns}}${each.local}=${JSON.stringify(each.value)}`);
  parts.push(...attributes.toSorted(), '>', JSON.stringify(element.text.trim()));
  for (const child of element.children) write(child, element.scope, parts);
  parts.push('</>');
};

const isSilent = ({ ns, local, children }: XmlElement): boolean =>
  (local === 'documentation' && (ns === wsdlNs || ns === xsdNs)) ||
  (local === 'annotation' && ns === xsdNs && children.every(isSilent)) ||
  (local === 'address' && (ns === wsdlSoapNs || ns === wsdlSoap12Ns));
