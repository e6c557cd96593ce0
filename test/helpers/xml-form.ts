// One text for all XML documents that say the same: names expanded, xsi:type too, attributes sorted, layout dropped.
import { parseXml, qnameAt } from '../../adapters/soap/contract/xml.ts';
import { xsiNs } from '../../adapters/soap/contract/namespaces.ts';
import { expanded } from '../../adapters/soap/contract/qname.ts';
import type { XmlAttribute, XmlElement } from '../../adapters/soap/contract/xml.ts';

/** Two documents are equal in meaning if their forms are equal. Blanks count where an element has nothing but text. */
export const xmlForm = (text: string): string => formOf(parseXml(text));

const formOf = (element: XmlElement): string => {
  const attributes = element.attributes.map((each) => attributeForm(element, each)).toSorted();
  const content = element.children.length === 0 ? JSON.stringify(element.text) : element.children.map(formOf).join('');
  return `<${[expanded(element), ...attributes].join(' ')}>${content}</>`;
};

const attributeForm = (element: XmlElement, attribute: XmlAttribute): string => {
  const value = attribute.ns === xsiNs ? instanceValue(element, attribute) : attribute.value;
  return `${expanded(attribute)}=${JSON.stringify(value)}`;
};

const instanceValue = (element: XmlElement, { local, value }: XmlAttribute): string => {
  if (local === 'nil') return String(value === '1' || value === 'true');
  const name = qnameAt(element, value);
  return name === null ? value : expanded(name);
};
