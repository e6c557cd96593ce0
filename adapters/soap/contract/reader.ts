// XML → JSON by type: each type compiled once to a function from element to value. Strict: what the schema does not have is an error.
import { attributesReader, hasNil, isForeign, typeNameAt } from './instance.ts';
import { setMember } from './members.ts';
import { below, Misfit } from './misfit.ts';
import { expanded } from './qname.ts';
import { textCodec } from './simple.ts';
import { listItem } from './types.ts';
import type { Json } from '../../adapter.ts';
import type { Choice, ComplexType, Member, SchemaType, SimpleType, Slot } from './types.ts';
import type { XmlElement } from './xml.ts';

/** Throws Misfit. */
export type Read = (element: XmlElement) => Json;
type JsonObject = Record<string, Json>;

/** What a reader needs to know of an element's declaration. */
export interface Declared {
  readonly type: SchemaType;
  readonly nillable: boolean;
}

/** Readers of one contract; types that meet themselves are reached by name, so recursion is no matter. */
export class Readers {
  readonly #types = new Map<SchemaType, Read>();
  readonly #objects = new Map<ComplexType, Read>();

  /** Value of an element: nil, derived types, then its own type. */
  element(declared: Declared): Read {
    return this.#element(declared, this.#type(declared.type));
  }

  /** An operation's wrapper: an object of its members, also where the type looks like a list. */
  wrapper(declared: Declared, type: ComplexType): Read {
    return this.#element(declared, this.#object(type));
  }

  #element(declared: Declared, own: Read): Read {
    const { type, nillable } = declared;
    const polymorphic = type.kind === 'complex' && type.derived.size > 0 ? this.#derived(type) : null;
    return (element) => {
      if (element.attributes.length === 0 && polymorphic === null) return own(element);
      if (hasNil(element)) return nil(element, nillable, type);
      const named = typeNameAt(element);
      if (polymorphic !== null) return polymorphic(element, named === null ? null : expanded(named));
      if (named !== null && (type.name === null || expanded(named) !== expanded(type.name))) {
        throw new Misfit(`xsi:type ${expanded(named)}, which is not derived from the declared type`);
      }
      return own(element);
    };
  }

  #object(type: ComplexType): Read {
    const made = this.#objects.get(type);
    if (made !== undefined) return made;
    let compiled: Read | null = null;
    const late: Read = (element) => (compiled ??= this.#complex(type))(element);
    this.#objects.set(type, late);
    return late;
  }

  #type(type: SchemaType): Read {
    const made = this.#types.get(type);
    if (made !== undefined) return made;
    const read = this.#compile(type);
    this.#types.set(type, read);
    return read;
  }

  #compile(type: SchemaType): Read {
    if (type.kind === 'simple') return simple(type);
    const item = listItem(type);
    if (item === null) return this.#object(type);
    let compiled: Read | null = null;
    return (element) => (compiled ??= this.#list(item))(element);
  }

  #derived(type: ComplexType): (element: XmlElement, name: string | null) => Json {
    const home = type.name?.ns ?? '';
    const own = type.name === null ? '' : expanded(type.name);
    const readers = new Map([
      [own, { read: this.#object(type), label: type.name?.local ?? '', abstract: type.abstract }],
    ]);
    for (const [name, each] of type.derived) {
      const label = each.name?.ns === home ? each.name.local : name;
      readers.set(name, { read: this.#object(each), label, abstract: each.abstract });
    }
    return (element, name) => {
      const found = readers.get(name ?? own);
      if (found === undefined) throw new Misfit(`xsi:type ${name}, which is not derived from the declared type`);
      if (found.abstract) throw new Misfit('an abstract type; expected xsi:type naming one derived from it');
      const value = found.read(element);
      return name === null ? value : { $type: found.label, ...(value as JsonObject) };
    };
  }

  #list(item: Member): Read {
    const read = this.element(item);
    const { min, max, name } = item;
    return (element) => {
      noText(element);
      noAttributes(element);
      const { children } = element;
      if (children.length < min || children.length > max)
        throw new Misfit(`${children.length} items; ${times(min, max)}`);
      const list: Json[] = [];
      for (const child of children) {
        try {
          if (child.local !== name.local || child.ns !== name.ns) throw unknown(child);
          list.push(read(child));
        } catch (error) {
          throw below(error, list.length);
        }
      }
      return list;
    };
  }

  #complex(type: ComplexType): Read {
    const attributes = type.attributes.length > 0 ? attributesReader(type.attributes) : null;
    const content = type.content.is === 'text' ? text(type.content.type) : this.#members(type.content);
    return (element) => {
      const value: JsonObject = {};
      if (attributes === null) noAttributes(element);
      else {
        const read = attributes(element);
        if (read !== null) value['$attributes'] = read;
      }
      content(element, value);
      return value;
    };
  }

  #members(content: {
    readonly ordered: boolean;
    readonly slots: readonly Slot[];
  }): (element: XmlElement, into: JsonObject) => void {
    const { slots, ordered } = content;
    const places = new Map<string, Place[]>();
    const put = (member: Member, slot: number): void => {
      const place: Place = { member, slot, read: this.element(member), key: member.key, repeated: member.max > 1 };
      places.set(member.name.local, [...(places.get(member.name.local) ?? []), place]);
    };
    for (const [at, slot] of slots.entries()) {
      if (slot.is === 'member') put(slot, at);
      else for (const branch of slot.branches) put(branch, at);
    }
    return (element, into) => {
      noText(element);
      let at = 0; // slots before this one are done with
      let last: Place | null = null;
      const seen: Place[] = [];
      for (const child of element.children) {
        const place = find(places, child);
        if (place === null) throw unknown(child);
        if (place !== last) {
          if (place.slot < at || seen.includes(place)) throw new Misfit(`the element ${child.local}, out of order`);
          if (last !== null && last.slot === place.slot)
            throw new Misfit(`both ${last.key} and ${place.key}; expected one`);
          if (ordered) {
            for (let skipped = last === null ? 0 : last.slot + 1; skipped < place.slot; skipped += 1)
              required(slots[skipped]);
            at = place.slot;
          }
          seen.push(place);
          last = place;
        }
        take(place, child, into);
      }
      if (ordered)
        for (let rest = last === null ? 0 : last.slot + 1; rest < slots.length; rest += 1) required(slots[rest]);
      else for (const [index, slot] of slots.entries()) if (!seen.some((each) => each.slot === index)) required(slot);
      for (const { member, key } of seen) if (member.max > 1) enough(into[key], member);
    };
  }
}

interface Place {
  readonly member: Member;
  readonly slot: number;
  readonly read: Read;
  readonly key: string;
  readonly repeated: boolean;
}

const find = (places: ReadonlyMap<string, readonly Place[]>, child: XmlElement): Place | null => {
  for (const place of places.get(child.local) ?? []) if (place.member.name.ns === child.ns) return place;
  return null;
};

const take = (place: Place, child: XmlElement, into: JsonObject): void => {
  const { key, member } = place;
  const present = Object.hasOwn(into, key) ? into[key] : undefined;
  if (!place.repeated) {
    if (present !== undefined)
      throw new Misfit(`the element ${member.name.local} twice; ${times(member.min, member.max)}`);
    try {
      setMember(into, key, place.read(child));
    } catch (error) {
      throw below(error, key);
    }
    return;
  }
  const list = (present ?? []) as Json[];
  if (present === undefined) setMember(into, key, list);
  try {
    list.push(place.read(child));
  } catch (error) {
    throw below(below(error, list.length), key);
  }
};

const required = (slot: Slot | undefined): void => {
  if (slot === undefined) return;
  if (slot.is === 'member' && slot.min > 0) throw new Misfit(`no element ${slot.name.local}, which is required`);
  if (slot.is === 'choice' && !slot.optional) throw new Misfit(`none of ${namesOf(slot)}; expected one`);
};

const namesOf = (choice: Choice): string => choice.branches.map((branch) => branch.key).join(', ');

const enough = (value: Json | undefined, { key, min, max }: Member): void => {
  const count = Array.isArray(value) ? value.length : 0;
  if (count < min || count > max) throw below(new Misfit(`${count} items; ${times(min, max)}`), key);
};

const times = (min: number, max: number): string => `expected ${min} to ${max === Infinity ? 'any number' : max}`;

const simple = (type: SimpleType): Read => {
  const codec = textCodec(type);
  return (element) => {
    noChildren(element);
    noAttributes(element);
    return codec.read(element.text);
  };
};

const text = (type: SimpleType): ((element: XmlElement, into: JsonObject) => void) => {
  const codec = textCodec(type);
  return (element, into) => {
    noChildren(element);
    into['$value'] = codec.read(element.text);
  };
};

const nil = (element: XmlElement, nillable: boolean, type: SchemaType): Json => {
  if (!nillable) throw new Misfit('nil, but the element is not nillable');
  if (element.children.length > 0 || element.text !== '') throw new Misfit('nil, but with content');
  if (type.kind === 'simple' || type.attributes.length === 0) {
    noAttributes(element);
    return null;
  }
  const attributes = attributesReader(type.attributes)(element);
  return attributes === null ? null : { $nil: true, $attributes: attributes };
};

const blank = /^[ \t\n\r]*$/;
const noText = (element: XmlElement): void => {
  if (element.text !== '' && !blank.test(element.text)) throw new Misfit('text between elements');
};

const noChildren = (element: XmlElement): void => {
  const [child] = element.children;
  if (child !== undefined) throw new Misfit(`the element ${child.local} in a value that is text`);
};

const noAttributes = (element: XmlElement): void => {
  for (const each of element.attributes) {
    if (!isForeign(each)) throw new Misfit(`the attribute ${expanded(each)}, which the schema does not have`);
  }
};

const unknown = (child: XmlElement): Misfit => new Misfit(`the element ${expanded(child)}, which is not expected here`);
