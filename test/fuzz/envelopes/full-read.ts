// The oracles: two full parsers of XML, one of them ours (contract/xml-reader.ts), one libxml2; and what a tree says a call is.
// Written for being plainly right: nothing here is taken from what the product uses to look into envelopes.
import { ParseOption, XmlCData, XmlDocument, XmlElement, XmlText } from 'libxml2-wasm';
import { AdapterError } from '../../../adapters/errors.ts';
import { readXml } from '../../../adapters/soap/contract/xml/xml.ts';

/** An element, or text with CDATA among it; comments and processing instructions are left out. */
export interface Element {
  readonly ns: string;
  readonly local: string;
  readonly children: (Element | string)[];
}

/** `doctype`: well-formed but for a DOCTYPE, or with one. `bad`: not well-formed. */
export type FullRead = Element | 'doctype' | 'bad';

export const byReader = (text: string): FullRead => {
  const outside: Element = { ns: '', local: '', children: [] };
  const open: Element[] = [outside];
  try {
    readXml(text, {
      open: ({ ns, local }) => {
        const element: Element = { ns, local, children: [] };
        open.at(-1)!.children.push(element);
        open.push(element);
      },
      text: (piece) => open.at(-1)!.children.push(piece),
      close: () => open.pop(),
    });
    return outside.children.find((child) => typeof child !== 'string') ?? 'bad';
  } catch (error) {
    if (error instanceof AdapterError) return error.code === 'ERR_REFUSED' ? 'doctype' : 'bad';
    throw error;
  }
};

export const byLibxml2 = (text: string): FullRead => {
  let document: XmlDocument;
  if (text.includes('\0')) return 'bad'; // it would take the text for UTF-16
  try {
    const option = ParseOption.XML_PARSE_IGNORE_ENC | ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;
    document = XmlDocument.fromString(text, { option });
  } catch {
    return 'bad';
  }
  try {
    return document.dtd === null ? treeOf(document.root) : 'doctype';
  } finally {
    document.dispose();
  }
};

const treeOf = (element: XmlElement): Element => {
  const children: (Element | string)[] = [];
  // Not by `next`: a processing instruction has none there.
  for (const node of element.find('*|text()')) {
    if (node instanceof XmlElement) children.push(treeOf(node));
    else if (node instanceof XmlText || node instanceof XmlCData) children.push(node.content);
  }
  return { ns: element.namespaceUri, local: element.name, children };
};
