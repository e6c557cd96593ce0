// Attributes of elements in messages: xsi:nil, xsi:type, and those that the schema declares.
import { envelopeNs, xsiNs } from './namespaces.ts';
import { setMember } from './members.ts';
import { below, Misfit } from './misfit.ts';
import { expanded } from './qname.ts';
import { textCodec } from './simple.ts';
import { attribute, qnameAt } from './xml.ts';
import type { Json } from '../../adapter.ts';
import type { QName } from './qname.ts';
import type { Attribute } from './types.ts';
import type { XmlAttribute, XmlElement } from './xml.ts';

/** Attributes about the message, not of it: they may stand anywhere. */
export const isForeign = ({ ns }: XmlAttribute): boolean =>
  ns === xsiNs || ns === envelopeNs['1.1'] || ns === envelopeNs['1.2'];

export const hasNil = (element: XmlElement): boolean => {
  const value = attribute(element, 'nil', xsiNs)?.trim() ?? null;
  if (value === null || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw new Misfit('an xsi:nil that is neither true nor false');
};

/** The type that xsi:type names; null where there is none. */
export const typeNameAt = (element: XmlElement): QName | null => {
  const value = attribute(element, 'type', xsiNs);
  if (value === null) return null;
  const name = qnameAt(element, value);
  if (name === null) throw new Misfit('an xsi:type with a prefix that is not declared');
  return name;
};

/** Reads declared attributes; null where none is there. Throws Misfit for others. */
export const attributesReader = (
  declared: readonly Attribute[],
): ((element: XmlElement) => Record<string, Json> | null) => {
  const byName = new Map(declared.map((each) => [expanded(each.name), { ...each, codec: textCodec(each.type) }]));
  const required = declared.filter((each) => each.required);
  return (element) => {
    let found: Record<string, Json> | null = null;
    for (const each of element.attributes) {
      if (isForeign(each)) continue;
      const use = byName.get(expanded(each));
      if (use === undefined) throw new Misfit(`the attribute ${expanded(each)}, which the schema does not have`);
      found ??= {};
      try {
        setMember(found, use.key, use.codec.read(each.value));
      } catch (error) {
        throw below(below(error, use.key), '$attributes');
      }
    }
    for (const use of required) {
      if (found === null || !Object.hasOwn(found, use.key))
        throw new Misfit(`no attribute ${use.key}, which is required`);
    }
    return found;
  };
};
