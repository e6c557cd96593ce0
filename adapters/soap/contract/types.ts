// The compiled schema: what the codec, validation and documents are made from. Frozen once built; types may refer to each other.
import type { QName } from './qname.ts';

export type SchemaType = SimpleType | ComplexType;

/** One step of restriction; all steps from the builtin to the type have to hold. Bounds are lexical, to stay exact. */
export interface Facets {
  readonly enumeration: readonly string[] | null;
  /** Alternatives of one step. */
  readonly patterns: readonly RegExp[] | null;
  readonly length: number | null;
  readonly minLength: number | null;
  readonly maxLength: number | null;
  readonly totalDigits: number | null;
  readonly fractionDigits: number | null;
  readonly minInclusive: string | null;
  readonly maxInclusive: string | null;
  readonly minExclusive: string | null;
  readonly maxExclusive: string | null;
}

export type WhiteSpace = 'preserve' | 'replace' | 'collapse';

export interface SimpleType {
  readonly kind: 'simple';
  readonly name: QName | null;
  /** Nearest builtin of XML Schema, such as `long`; for lists the item's. */
  readonly builtin: string;
  /** Type of the items of a list; null for one value. */
  readonly item: SimpleType | null;
  readonly facets: readonly Facets[];
  readonly whiteSpace: WhiteSpace;
  /** Why it cannot be translated, with the place; null where it can. */
  readonly unsupported: string | null;
}

export interface ComplexType {
  readonly kind: 'complex';
  readonly name: QName | null;
  readonly abstract: boolean;
  readonly base: ComplexType | null;
  readonly content: Content;
  readonly attributes: readonly Attribute[];
  /** Every type that `xsi:type` may name in its place, itself excluded, by expanded name. */
  readonly derived: ReadonlyMap<string, ComplexType>;
  readonly unsupported: string | null;
}

export type Content =
  | { readonly is: 'members'; readonly ordered: boolean; readonly slots: readonly Slot[] }
  | { readonly is: 'text'; readonly type: SimpleType };

export type Slot = Member | Choice;

/** An element, once or repeated. */
export interface Member {
  readonly is: 'member';
  readonly name: QName;
  /** Its name in JSON: the local name; `namespace~local` where an earlier member has that. */
  readonly key: string;
  readonly min: number;
  /** Infinity for unbounded. Above 1: always a list in JSON. */
  readonly max: number;
  readonly nillable: boolean;
  readonly type: SchemaType;
}

export interface Choice {
  readonly is: 'choice';
  /** May no branch be there? */
  readonly optional: boolean;
  readonly branches: readonly Member[];
}

export interface Attribute {
  readonly name: QName;
  readonly key: string;
  readonly required: boolean;
  readonly type: SimpleType;
}

/** A global element: what stands in a Body or in a fault's detail. */
export interface ElementDeclaration {
  readonly name: QName;
  readonly nillable: boolean;
  readonly type: SchemaType;
}

/** Members in schema order, branches of choices among them. */
export const membersOf = (type: ComplexType): readonly Member[] =>
  type.content.is === 'members'
    ? type.content.slots.flatMap((slot) => (slot.is === 'member' ? [slot] : slot.branches))
    : [];

/**
 * The one repeated member of a type that is nothing but a list around it (`ArrayOfX`), which is a plain list in JSON;
 * null for every other type.
 */
export const listItem = (type: SchemaType): Member | null => {
  if (type.kind !== 'complex' || type.content.is !== 'members') return null;
  if (type.base !== null || type.derived.size > 0 || type.abstract || type.attributes.length > 0) return null;
  const [only, second] = type.content.slots;
  return only?.is === 'member' && second === undefined && only.max > 1 ? only : null;
};

/** Why no value of the type can be translated, looking through everything it reaches; null where all can. */
export const reasonAgainst = (type: SchemaType, seen = new Set<SchemaType>()): string | null => {
  if (seen.has(type)) return null;
  seen.add(type);
  if (type.unsupported !== null) return type.unsupported;
  if (type.kind === 'simple') return type.item === null ? null : reasonAgainst(type.item, seen);
  const parts: SchemaType[] = [
    ...membersOf(type).map((member) => member.type),
    ...type.attributes.map((each) => each.type),
    ...type.derived.values(),
  ];
  if (type.content.is === 'text') parts.push(type.content.type);
  for (const part of parts) {
    const reason = reasonAgainst(part, seen);
    if (reason !== null) return reason;
  }
  return null;
};
