// One text for all XML documents that say the same: names expanded, those in values too, attributes sorted, layout dropped.
import { qnameAt, readXml } from '../../adapters/soap/contract/xml/xml.ts';
import { xsiNs } from '../../adapters/soap/contract/xml/namespaces.ts';
import { expanded } from '../../adapters/soap/contract/xml/qname.ts';
import type { Tag, XmlAttribute, XmlListener } from '../../adapters/soap/contract/xml/xml.ts';

/**
 * Two documents are equal in meaning if their forms are equal. Blanks count where an element has nothing but text, and
 * beside other text. The children of `unordered` elements may come in any order (`xs:all`).
 */
export const xmlForm = (text: string, unordered: (tag: Tag) => boolean = () => false): string => {
  const form = new Form(unordered);
  readXml(text, form);
  return form.whole;
};

interface Open {
  readonly tag: Tag;
  readonly children: string[];
  hasElements: boolean;
  text: string;
}

class Form implements XmlListener {
  whole = '';
  readonly #unordered: (tag: Tag) => boolean;
  readonly #open: Open[] = [];

  constructor(unordered: (tag: Tag) => boolean) {
    this.#unordered = unordered;
  }

  open(tag: Tag): void {
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      parent.hasElements = true;
      flush(parent);
    }
    this.#open.push({ tag, children: [], hasElements: false, text: '' });
  }

  text(piece: string): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.text += piece;
  }

  close(): void {
    const open = this.#open.pop();
    if (open === undefined) return;
    flush(open);
    const { tag, children } = open;
    const attributes = tag.attributes.map((each) => attributeForm(tag, each)).toSorted();
    const content = (this.#unordered(tag) ? children.toSorted() : children).join('');
    const form = `<${[expanded(tag), ...attributes].join(' ')}>${content}</>`;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.whole = form;
    else parent.children.push(form);
  }
}

const flush = (open: Open): void => {
  const { text, hasElements, tag } = open;
  open.text = '';
  if (text.trim() !== '' || !hasElements) open.children.push(JSON.stringify(named(tag, text)));
};

const attributeForm = (element: Tag, attribute: XmlAttribute): string =>
  `${expanded(attribute)}=${JSON.stringify(instanceValue(element, attribute))}`;

const instanceValue = (element: Tag, { ns, local, value }: XmlAttribute): string => {
  if (ns === xsiNs && local === 'nil') return String(value === '1' || value === 'true');
  return named(element, value);
};

/** Values that are names by a prefix that is declared. */
const named = (element: Tag, value: string): string => {
  if (!/^\s*[\w-]+:[\w.-]+\s*$/.test(value)) return value;
  const name = qnameAt(element, value);
  return name === null ? value : expanded(name);
};
