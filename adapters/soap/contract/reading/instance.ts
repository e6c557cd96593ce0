// Attributes of elements in messages: xsi:nil, xsi:type, and those that the schema declares.
import { envelopeNs, xsiNs } from '../xml/namespaces.ts';
import { setMember } from './members.ts';
import { below, Misfit } from '../values/misfit.ts';
import { expanded } from '../xml/qname.ts';
import { textCodec } from '../values/simple.ts';
import { attribute, qnameAt } from '../xml/xml.ts';
import type { Json } from '../../../adapter.ts';
import type { QName } from '../xml/qname.ts';
import { allows } from '../schema/types.ts';
import type { Attributes } from '../schema/attributes.ts';
import type { Tag, XmlAttribute } from '../xml/xml.ts';

/** Attributes about the message, not of it: they may stand anywhere. */
export const isForeign = ({ ns }: XmlAttribute): boolean =>
  ns === xsiNs || ns === envelopeNs['1.1'] || ns === envelopeNs['1.2'];

export const hasNil = (element: Tag): boolean => {
  const value = attribute(element, 'nil', xsiNs)?.trim() ?? null;
  if (value === null || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw new Misfit('an xsi:nil that is neither true nor false');
};

/** The type that xsi:type names; null where there is none. */
export const typeNameAt = (element: Tag): QName | null => {
  const value = attribute(element, 'type', xsiNs);
  if (value === null) return null;
  const name = qnameAt(element, value);
  if (name === null) throw new Misfit('an xsi:type with a prefix that is not declared');
  return name;
};

/** Adds what the attributes of an element say to its value. Throws Misfit for those that may not be there. */
export type ReadAttributes = (element: Tag, into: Record<string, Json>) => void;

/** null for a type without attributes. */
export const attributesReader = ({ attributes, anyAttribute }: Attributes): ReadAttributes | null => {
  if (attributes.length === 0 && anyAttribute === null) return null;
  const byName = new Map(attributes.map((each) => [expanded(each.name), { ...each, codec: textCodec(each.type) }]));
  const required = attributes.filter((each) => each.required);
  return (element, into) => {
    let found: Record<string, Json> | null = null;
    const seen: string[] = [];
    for (const each of element.attributes) {
      if (isForeign(each)) continue;
      const use = byName.get(expanded(each));
      if (use === undefined) {
        if (anyAttribute === null || !allows(anyAttribute, each.ns)) throw unknownAttribute(each);
        found ??= {};
        found[`{${each.ns}}${each.local}`] = each.value;
        continue;
      }
      seen.push(use.key);
      try {
        const value = use.codec.read(each.value, element.scope);
        if (use.beside) into[use.key] = value;
        else setMember((found ??= {}), use.key, value);
      } catch (error) {
        throw use.beside ? below(error, use.key) : below(below(error, use.key), '$attributes');
      }
    }
    for (const use of required) {
      if (!seen.includes(use.key)) throw new Misfit(`no attribute ${use.key}, which is required`);
    }
    if (found !== null) into['$attributes'] = found;
  };
};

export const noAttributes = (element: Tag): void => {
  for (const each of element.attributes) if (!isForeign(each)) throw unknownAttribute(each);
};

const unknownAttribute = (each: XmlAttribute): Misfit =>
  new Misfit(`the attribute ${expanded(each)}, which the schema does not have`);
