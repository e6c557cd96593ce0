// An example of a message that its codec takes, always the same one: members that may be left out are there, nothing is nil.
import { setMember } from '../contract/reading/members.ts';
import { expanded } from '../contract/xml/qname.ts';
import { listItem } from '../contract/schema/types.ts';
import { simpleExample } from './simple-example.ts';
import type { Json } from '../../adapter.ts';
import type { MessageCodec } from '../contract/message.ts';
import type { QName } from '../contract/xml/qname.ts';
import type { Declared } from '../contract/reading/shapes.ts';
import type { Choice, ComplexType, Items, Member, Slot, Wildcard } from '../contract/schema/types.ts';

/** How much of what may be left out is there: groups that repeat element by element are hard to guess. */
const plans = ['all', 'first', 'none'] as const;
type Plan = (typeof plans)[number];

/** undefined where none is found: a pattern that is beyond us on a member that must be there, say. */
export const exampleOf = (message: MessageCodec): Json | undefined => {
  for (const plan of plans) {
    const value = new Example(plan).of(message);
    if (value !== undefined && isTaken(message, value)) return value;
  }
  return undefined;
};

const isTaken = (message: MessageCodec, value: Json): boolean => {
  try {
    message.write(value);
    return true;
  } catch {
    return false;
  }
};

/** Types that the value stands in: one that would contain itself is left out. */
type Around = readonly ComplexType[];
type Pair = readonly [key: string, value: Json];

class Example {
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  of({ shape, element }: Pick<MessageCodec, 'shape' | 'element'>): Json | undefined {
    const name = element ?? { ns: '', local: '' };
    switch (shape.is) {
      case 'nothing':
        return {};
      case 'members':
        return this.#members(shape.type, []);
      case 'value':
        return this.#element(shape.declared, name, []);
      case 'scalar': {
        const value = this.#element(shape.declared, name, []);
        if (value === undefined) return shape.optional ? {} : undefined;
        return objectOf([[shape.key, value]]);
      }
      case 'sole':
        return this.#member(shape.member, [], shape.member.min);
      case 'headed': {
        const blocks = shape.blocks.map(({ key, codec }): Pair => [key, this.of(codec) ?? { $absent: true }]);
        const body = this.of({ shape: shape.body, element });
        if (body === undefined) return undefined;
        return objectOf([
          ['$headers', objectOf(blocks)],
          ...(shape.isBeside ? Object.entries(body as object) : [['$body', body] as const]),
        ]);
      }
      default:
        return shape satisfies never;
    }
  }

  #element({ type, nillable }: Declared, name: QName, around: Around): Json | undefined {
    const own = type.kind === 'simple' ? simpleExample(type) : this.#type(type, name, around);
    return own ?? (nillable ? null : own);
  }

  #type(type: ComplexType, name: QName, around: Around): Json | undefined {
    if (around.includes(type)) return undefined;
    if (type.content.is === 'any')
      return objectOf([
        ['$type', 'xs:string'],
        ['$value', 'text'],
      ]);
    if (type.content.is === 'raw') return objectOf([['$xml', xmlOf(name)]]);
    const item = listItem(type);
    if (item !== null) return this.#list(item, [...around, type], item.min);
    if (!type.abstract) return this.#members(type, [...around, type]);
    for (const derived of type.derived.values()) {
      if (derived.abstract || derived.name === null || around.includes(derived)) continue;
      const label = derived.name.ns === (type.name?.ns ?? '') ? derived.name.local : expanded(derived.name);
      const value = this.#members(derived, [...around, type, derived]);
      if (value !== undefined) return objectOf([['$type', label], ...Object.entries(value)]);
    }
    return undefined;
  }

  #members(type: ComplexType, around: Around): { readonly [key: string]: Json } | undefined {
    const attributes = ofAttributes(type);
    if (attributes === undefined) return undefined;
    if (type.content.is === 'text') {
      const value = simpleExample(type.content.type);
      return value === undefined ? undefined : objectOf([...attributes, ['$value', value]]);
    }
    const pairs = type.content.is === 'members' ? this.#slots(type.content.slots, around) : undefined;
    return pairs === undefined ? undefined : objectOf([...attributes, ...pairs]);
  }

  #slots(slots: readonly Slot[], around: Around): Pair[] | undefined {
    const pairs: Pair[] = [];
    for (const slot of slots) {
      const found = slot.is === 'choice' ? this.#choice(slot, around) : this.#slot(slot, around);
      if (found === undefined) return undefined;
      pairs.push(...found);
    }
    return pairs;
  }

  #slot(slot: Exclude<Slot, Choice>, around: Around, min: number = slot.min): Pair[] | undefined {
    if (min === 0 && this.#plan === 'none') return [];
    const value = this.#value(slot, around, min);
    // Outside a wrapper, an empty list is no element at all.
    const isNothing = slot.max > 1 && Array.isArray(value) && value.length === 0;
    if (value !== undefined && !isNothing) return [[slot.key, value]];
    return min === 0 ? [] : undefined;
  }

  #value(slot: Exclude<Slot, Choice>, around: Around, min: number): Json | undefined {
    if (slot.is === 'any') return Array.from({ length: Math.max(1, min) }, () => ofWildcard(slot));
    return slot.is === 'items' ? this.#items(slot, around) : this.#member(slot, around, min);
  }

  /** The first branch that has an example. */
  #choice({ groups, optional }: Choice, around: Around): Pair[] | undefined {
    if (optional && this.#plan === 'none') return [];
    for (const group of groups) {
      const [only, second] = group;
      const pairs =
        only !== undefined && second === undefined && only.is !== 'choice'
          ? this.#slot(only, around, Math.max(1, only.min))
          : this.#slots(group, around);
      if (pairs !== undefined && pairs.length > 0) return pairs;
    }
    return optional ? [] : undefined;
  }

  #items({ shapes, min, each }: Items, around: Around): Json | undefined {
    const found = shapes.flatMap((shape) => {
      const pairs = this.#slots(shape, around);
      return pairs === undefined || pairs.length === 0 ? [] : [objectOf(pairs)];
    });
    const [first] = found;
    if (first === undefined) return undefined;
    if (each) return this.#plan === 'all' ? found : [first];
    return Array.from({ length: Math.max(1, min) }, () => first);
  }

  #member(member: Member, around: Around, min: number): Json | undefined {
    if (member.max === 1) return this.#element(member, member.name, around);
    const list = this.#list(member, around, min);
    return Array.isArray(list) && list.length === 0 && min > 0 ? undefined : list;
  }

  #list(item: Member, around: Around, min: number): Json | undefined {
    const one = this.#element(item, item.name, around);
    if (min === 0 && (one === undefined || one === null)) return [];
    return one === undefined ? undefined : Array.from({ length: Math.max(1, min) }, () => one);
  }
}

/** `$attributes`, and those that must be beside it; undefined where one that must be there has no example. */
const ofAttributes = ({ attributes }: ComplexType): Pair[] | undefined => {
  const inside: Pair[] = [];
  const beside: Pair[] = [];
  for (const { key, required, type, beside: isBeside } of attributes) {
    if (isBeside && !required) continue;
    const value = simpleExample(type);
    if (value !== undefined) (isBeside ? beside : inside).push([key, value]);
    else if (required) return undefined;
  }
  return inside.length === 0 ? beside : [...beside, ['$attributes', objectOf(inside)]];
};

const ofWildcard = ({ namespaces: { only, not } }: Wildcard): string => {
  const ns = only?.find((each) => !not.includes(each)) ?? 'urn:example';
  return xmlOf({ ns, local: 'other' });
};

const xmlOf = ({ ns, local }: QName): string => {
  const value = ns.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return ns === '' ? `<${local}>text</${local}>` : `<x:${local} xmlns:x="${value}">text</x:${local}>`;
};

const objectOf = (pairs: readonly Pair[]): { readonly [key: string]: Json } => {
  const object: Record<string, Json> = {};
  for (const [key, value] of pairs) setMember(object, key, value);
  return object;
};
