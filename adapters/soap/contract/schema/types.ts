// The compiled schema: what the codec, validation and documents are made from. Frozen once built; types may refer to each other.
import type { QName } from '../xml/qname.ts';

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
  /** The type that it restricts; null for lists, unions and builtins, whose bases XML Schema names. */
  readonly base: SimpleType | null;
  /** Nearest builtin of XML Schema, such as `long`; for lists the item's. */
  readonly builtin: string;
  /** Type of the items of a list; null for one value. */
  readonly item: SimpleType | null;
  /** Branches of a union, in order, each a type of one value or a list; null for every other type. */
  readonly union: readonly SimpleType[] | null;
  readonly facets: readonly Facets[];
  readonly whiteSpace: WhiteSpace;
  /** What an empty element of it says where an empty text is no value of it: the declaration's `default` or `fixed`; null: nothing. */
  readonly whenEmpty: string | null;
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
  /** Attributes that are not declared, where they may be; null where none may. */
  readonly anyAttribute: Namespaces | null;
  /** Every type that `xsi:type` may name in its place, itself excluded, by expanded name. */
  readonly derived: ReadonlyMap<string, ComplexType>;
  readonly unsupported: string | null;
}

export type Content =
  | {
      readonly is: 'members';
      /** false: `xs:all`. */
      readonly ordered: boolean;
      /** What the JSON of the type has. */
      readonly slots: readonly Slot[];
      /** Which elements may follow each other. */
      readonly model: Group;
      /** The slots say all that the model says. */
      readonly flat: boolean;
    }
  | { readonly is: 'text'; readonly type: SimpleType }
  /** Mixed content: the whole element is kept as XML, `{"$xml":"<…>"}`. */
  | { readonly is: 'raw' }
  /** `xs:anyType`: what `xsi:type` says, else kept as XML. */
  | { readonly is: 'any' };

export type Slot = Member | Choice | Items | Wildcard;

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

/** Members of which one is there, or those of one of several groups; also a group that may be left out as a whole. */
export interface Choice {
  readonly is: 'choice';
  /** May no branch be there? */
  readonly optional: boolean;
  /** Members of all branches. */
  readonly branches: readonly Member[];
  /** The same by branch: most have one slot. */
  readonly groups: readonly (readonly Slot[])[];
}

/** A group that repeats: a list of objects under `$items`, in the order of the XML. */
export interface Items {
  readonly is: 'items';
  /** `$items`; `$items2` and so on for the next one of a type. */
  readonly key: string;
  readonly min: number;
  readonly max: number;
  /** Each object is a single element; else it is one occurrence of the group, by one of `shapes`. */
  readonly each: boolean;
  readonly shapes: readonly (readonly Slot[])[];
}

/** Elements that the schema does not name (`xs:any`): a list of XML texts under `$any`. */
export interface Wildcard {
  readonly is: 'any';
  /** `$any`; `$any2` and so on for the next one of a type. */
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly namespaces: Namespaces;
}

/** Namespaces of a wildcard; '' stands for none. */
export interface Namespaces {
  readonly only: readonly string[] | null;
  readonly not: readonly string[];
}

export type Particle = Member | Wildcard | Group;

export interface Group {
  readonly is: 'group';
  readonly order: 'sequence' | 'choice' | 'all';
  readonly min: number;
  readonly max: number;
  readonly parts: readonly Particle[];
  /** How its occurrences are listed in JSON; null: its members are the type's own. */
  readonly items: Items | null;
}

export interface Attribute {
  readonly name: QName;
  readonly key: string;
  readonly required: boolean;
  readonly type: SimpleType;
  /** Stands beside the members, not in `$attributes`: `$id` and `$ref` of .NET's object graphs. */
  readonly beside: boolean;
}

/** A global element: what stands in a Body or in a fault's detail. */
export interface ElementDeclaration {
  readonly name: QName;
  readonly nillable: boolean;
  readonly type: SchemaType;
}

/** Every element that the content may have, in schema order, branches and repeated groups included. */
export const membersOf = (type: ComplexType): readonly Member[] =>
  type.content.is === 'members' ? leavesOf(type.content.model).filter((leaf) => leaf.is === 'member') : [];

/** What the JSON object of a type has of its own, choices opened; what a repeated group has is in its items. */
export const leafSlots = (slots: readonly Slot[]): Exclude<Slot, Choice>[] =>
  slots.flatMap((slot) => (slot.is === 'choice' ? slot.groups.flatMap(leafSlots) : [slot]));

/** Elements and wildcards of a particle, in schema order. */
export const leavesOf = (particle: Particle): readonly (Member | Wildcard)[] =>
  particle.is === 'group' ? particle.parts.flatMap(leavesOf) : [particle];

/** May XML from elsewhere stand in it? */
export const hasRaw = (type: ComplexType): boolean =>
  type.content.is === 'raw' ||
  type.content.is === 'any' ||
  type.anyAttribute !== null ||
  (type.content.is === 'members' && leavesOf(type.content.model).some((leaf) => leaf.is === 'any'));

export const allows = ({ only, not }: Namespaces, ns: string): boolean =>
  (only === null || only.includes(ns)) && !not.includes(ns);

/**
 * The one repeated member of a type that is nothing but a list around it (`ArrayOfX`), which is a plain list in JSON;
 * null for every other type.
 */
export const listItem = (type: SchemaType): Member | null => {
  if (type.kind !== 'complex' || type.content.is !== 'members') return null;
  if (
    type.base !== null ||
    type.derived.size > 0 ||
    type.abstract ||
    type.attributes.length > 0 ||
    type.anyAttribute !== null
  )
    return null;
  const [only, second] = type.content.slots;
  return only?.is === 'member' && second === undefined && only.max > 1 ? only : null;
};

/** Why no value of the type can be translated, looking through everything it reaches; null where all can. */
export const reasonAgainst = (type: SchemaType, seen = new Set<SchemaType>()): string | null => {
  if (seen.has(type)) return null;
  seen.add(type);
  if (type.unsupported !== null) return type.unsupported;
  if (type.kind === 'simple') {
    for (const part of [...(type.item === null ? [] : [type.item]), ...(type.union ?? [])]) {
      const reason = reasonAgainst(part, seen);
      if (reason !== null) return reason;
    }
    return null;
  }
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
