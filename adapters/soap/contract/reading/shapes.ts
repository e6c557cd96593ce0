// Types compiled for reading: what each element may hold, and which child is which member.
import { attributesReader } from './instance.ts';
import { anyKey, matcher } from './match.ts';
import { Misfit } from '../values/misfit.ts';
import { xsdNs } from '../xml/namespaces.ts';
import { expanded } from '../xml/qname.ts';
import { mayStandFor } from '../schema/simple-derivation.ts';
import { builtinType } from '../schema/simple-types.ts';
import { textCodec } from '../values/simple.ts';
import { allows, leavesOf, listItem, reasonAgainst } from '../schema/types.ts';
import type { Json } from '../../../adapter.ts';
import type { ReadAttributes } from './instance.ts';
import type { Run } from './match.ts';
import type { QName } from '../xml/qname.ts';
import type { TextCodec } from '../values/simple.ts';
import type { ComplexType, Content, Group, Member, SchemaType, SimpleType, Slot, Wildcard } from '../schema/types.ts';
import type { Tag } from '../xml/xml.ts';

/** What a reader needs to know of an element's declaration. */
export interface Declared {
  readonly type: SchemaType;
  readonly nillable: boolean;
}

/** An element as declared: its own type, and those that may stand in for it. */
export interface ElementShape {
  readonly nillable: boolean;
  readonly own: Shape;
  /** The declared type where it is simple: what `xsi:type` names has to be derived from it. */
  readonly simple: SimpleType | null;
  readonly typeName: string | null;
  /** Attributes that it may have where it is nil. */
  readonly nilAttributes: ReadAttributes | null;
  /** By expanded name of the type; null where none may stand in. */
  readonly standIns: ReadonlyMap<string, StandIn> | null;
  /** Types of the whole schema may stand in; what has none is kept as XML. */
  readonly isAny: boolean;
}

export interface StandIn {
  readonly shape: Shape;
  readonly label: string;
  readonly abstract: boolean;
}

export type Shape =
  | { readonly is: 'text'; readonly codec: TextCodec }
  | { readonly is: 'list'; readonly item: Place }
  | ObjectShape
  | { readonly is: 'raw' };

export interface ObjectShape {
  readonly is: 'object';
  readonly attributes: ReadAttributes | null;
  /** Text of simpleContent. */
  readonly codec: TextCodec | null;
  readonly places: ReadonlyMap<string, Place | readonly Place[]>;
  readonly wildcards: readonly Place[];
  readonly slots: readonly Slot[];
  readonly ordered: boolean;
  /** For models that slots do not tell. */
  readonly match: ((run: Run, into: Record<string, Json>) => void) | null;
}

/** Where a child belongs. */
export interface Place {
  readonly key: string;
  readonly name: QName | null;
  readonly slot: number;
  readonly min: number;
  readonly max: number;
  readonly repeated: boolean;
  /** null: an element that the schema does not name, kept as XML. */
  readonly element: ElementShape | null;
  readonly member: Member | Wildcard;
  /** List of objects that it is an item of, or in; null where it is a member of its parent. */
  readonly listed: Listed | null;
}

/** A repeated group, as far as it tells which item of the list a child is in. */
interface Listed {
  readonly key: string;
  /** With these an item begins. */
  readonly firsts: ReadonlySet<string>;
}

/** Shapes of one contract. `types`: what `xsi:type` may name where anything may stand. */
export class Shapes {
  readonly #types: ReadonlyMap<string, SchemaType>;
  readonly #shapes = new Map<SchemaType, Shape>();
  readonly #objects = new Map<ComplexType, ObjectShape>();
  #all: ReadonlyMap<string, StandIn> | null = null;

  constructor(types: ReadonlyMap<string, SchemaType>) {
    this.#types = types;
  }

  element(declared: Declared): ElementShape {
    return this.#element(declared, this.#shape(declared.type));
  }

  /** An operation's wrapper: an object of its members, also where the type looks like a list. */
  wrapper(declared: Declared, type: ComplexType): ElementShape {
    return this.#element(declared, this.#object(type));
  }

  #element({ type, nillable }: Declared, own: Shape): ElementShape {
    const isComplex = type.kind === 'complex';
    const isAny = isComplex && type.content.is === 'any';
    return {
      nillable,
      own,
      simple: isComplex ? null : type,
      typeName: type.name === null ? null : expanded(type.name),
      nilAttributes: isComplex ? attributesReader(type) : null,
      standIns: isComplex && type.derived.size > 0 ? this.#derived(type) : null,
      isAny,
    };
  }

  #shape(type: SchemaType): Shape {
    const made = this.#shapes.get(type);
    if (made !== undefined) return made;
    const item = listItem(type);
    const shape: Shape =
      type.kind === 'simple'
        ? { is: 'text', codec: textCodec(type) }
        : item !== null
          ? this.#list(item)
          : type.content.is === 'raw' || type.content.is === 'any'
            ? { is: 'raw' }
            : this.#object(type);
    this.#shapes.set(type, shape);
    return shape;
  }

  // Compiled when first met: types may be recursive.
  #list(item: Member): Shape {
    const place = (): Place => this.#place(item, 0);
    let compiled: Place | null = null;
    return {
      is: 'list',
      get item() {
        return (compiled ??= place());
      },
    };
  }

  #object(type: ComplexType): ObjectShape {
    const made = this.#objects.get(type);
    if (made !== undefined) return made;
    const { content } = type;
    const fields = (): Pick<ObjectShape, 'places' | 'wildcards'> => this.#places(content);
    let compiled: Pick<ObjectShape, 'places' | 'wildcards'> | null = null;
    const isMembers = content.is === 'members';
    const shape: ObjectShape = {
      is: 'object',
      attributes: attributesReader(type),
      codec: content.is === 'text' ? textCodec(content.type) : null,
      get places() {
        return (compiled ??= fields()).places;
      },
      get wildcards() {
        return (compiled ??= fields()).wildcards;
      },
      slots: isMembers ? content.slots : [],
      ordered: !isMembers || content.ordered,
      match: isMembers && !content.flat ? matcher(content.model) : null,
    };
    this.#objects.set(type, shape);
    return shape;
  }

  #places(content: Content): Pick<ObjectShape, 'places' | 'wildcards'> {
    const places = new Map<string, Place | Place[]>();
    const wildcards: Place[] = [];
    if (content.is !== 'members') return { places, wildcards };
    const put = (leaf: Member | Wildcard, slot: number): void => {
      if (leaf.is === 'any') {
        wildcards.push(this.#place(leaf, slot));
        return;
      }
      const { local } = leaf.name;
      const known = places.get(local);
      const all = known === undefined ? [] : Array.isArray(known) ? known : [known];
      if (all.some((each) => each.name?.ns === leaf.name.ns)) return;
      const place = { ...this.#place(leaf, slot), listed: listedIn(content.model, leaf.key) };
      places.set(local, all.length === 0 ? place : [...all, place]);
    };
    for (const [slot, part] of content.model.parts.entries()) for (const leaf of leavesOf(part)) put(leaf, slot);
    return { places, wildcards };
  }

  #place(leaf: Member | Wildcard, slot: number): Place {
    const { key, min, max } = leaf;
    const isAny = leaf.is === 'any';
    return {
      key,
      name: isAny ? null : leaf.name,
      slot,
      min,
      max,
      repeated: isAny || max > 1,
      element: isAny ? null : this.element(leaf),
      member: leaf,
      listed: null,
    };
  }

  #derived(type: ComplexType): ReadonlyMap<string, StandIn> {
    const home = type.name?.ns ?? '';
    const own = type.name === null ? '' : expanded(type.name);
    const all = new Map([[own, { shape: this.#typed(type), label: type.name?.local ?? '', abstract: type.abstract }]]);
    for (const [name, each] of type.derived) {
      const label = each.name?.ns === home ? each.name.local : name;
      all.set(name, { shape: this.#typed(each), label, abstract: each.abstract });
    }
    return all;
  }

  #typed(type: ComplexType): Shape {
    return type.content.is === 'raw' ? { is: 'raw' } : this.#object(type);
  }

  /** What `xsi:type` may name where any type may stand; null for a name whose elements are kept as XML. */
  named(name: QName): StandIn | null {
    if (name.ns === xsdNs) {
      if (name.local === 'anyType') return null;
      const type = builtinType(name, '');
      return type.unsupported === null
        ? { shape: this.#shape(type), label: `xs:${name.local}`, abstract: false }
        : null;
    }
    this.#all ??= this.#everything();
    return this.#all.get(expanded(name)) ?? null;
  }

  /**
   * How a value of `declared` is read where `xsi:type` names another type: as declared, once it fits that one, too.
   * null where it may not stand there.
   */
  narrowed(name: QName, declared: SimpleType): Shape | null {
    const type = name.ns === xsdNs ? builtinType(name, '') : this.#types.get(expanded(name));
    if (type?.kind !== 'simple' || type.unsupported !== null || !mayStandFor(type, declared)) return null;
    const [own, other] = [this.#shape(declared), this.#shape(type)];
    if (own.is !== 'text' || other.is !== 'text') return null;
    const read: TextCodec['read'] = (text, scope) => {
      other.codec.read(text === '' ? (declared.whenEmpty ?? '') : text, scope);
      return own.codec.read(text, scope);
    };
    return { is: 'text', codec: { ...own.codec, read } };
  }

  #everything(): ReadonlyMap<string, StandIn> {
    const all = new Map<string, StandIn>();
    for (const [name, type] of this.#types) {
      if (reasonAgainst(type) !== null || (type.kind === 'complex' && type.content.is === 'raw')) continue;
      all.set(name, { shape: this.#shape(type), label: name, abstract: type.kind === 'complex' && type.abstract });
    }
    return all;
  }
}

/** Where a child of an object belongs, from slot `at` on for what the schema does not name. Throws Misfit. */
export const placeIn = (shape: ObjectShape, tag: Tag, at: number): Place => {
  const found = shape.places.get(tag.local);
  if (found !== undefined) {
    if (!Array.isArray(found)) {
      const place = found as Place;
      if (place.name?.ns === tag.ns) return place;
    } else for (const place of found as readonly Place[]) if (place.name?.ns === tag.ns) return place;
  }
  for (const place of shape.wildcards) {
    const { member } = place;
    const isHere = shape.match !== null || place.slot >= at;
    if (isHere && member.is === 'any' && allows(member.namespaces, tag.ns)) return place;
  }
  throw unexpected(tag);
};

export const unexpected = (tag: QName): Misfit =>
  new Misfit(`the element ${expanded(tag)}, which is not expected here`);

/** The one repeated group that has the key. */
const listedIn = (group: Group, key: string): Listed | null => {
  if (group.items === null) {
    const holding = group.parts.filter((part) => leavesOf(part).some((leaf) => leaf.key === key));
    const [only, second] = holding;
    return only?.is === 'group' && second === undefined ? listedIn(only, key) : null;
  }
  const { items } = group;
  const firsts = items.shapes.flatMap(([first]) =>
    first === undefined || first.is === 'choice' ? [] : [keyOf(first)],
  );
  return { key: items.key, firsts: new Set(items.each ? leavesOf(group).map(keyOf) : firsts) };
};

const keyOf = (slot: Slot): string => (slot.is === 'member' ? slot.key : anyKey);

/** Steps to the next child of a run, which is not in it yet: `$items`, 3, `A`. */
export const stepsTo = ({ keys }: Run, { key, listed }: Place): readonly (string | number)[] => {
  if (listed === null) return [key];
  const before = keys.filter((each) => listed.firsts.has(each)).length;
  return [listed.key, listed.firsts.has(key) ? before : Math.max(0, before - 1), key];
};

/** Key of a child in a run. */
export const runKey = (place: Place): string => (place.element === null ? anyKey : place.key);
