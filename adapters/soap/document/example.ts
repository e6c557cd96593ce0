// An example of a message that its codec takes, always the same one: members that may be left out are there, nothing is nil.
import { setMember } from '../contract/members.ts';
import { expanded } from '../contract/qname.ts';
import { listItem } from '../contract/types.ts';
import { simpleExample } from './simple-example.ts';
import type { Json } from '../../adapter.ts';
import type { MessageCodec } from '../contract/message.ts';
import type { Declared } from '../contract/reader.ts';
import type { Choice, ComplexType, Member } from '../contract/types.ts';

/** undefined where none is found: a pattern that is beyond us on a member that must be there. */
export const exampleOf = ({ shape }: Pick<MessageCodec, 'shape'>): Json | undefined => {
  switch (shape.is) {
    case 'nothing':
      return {};
    case 'members':
      return ofMembers(shape.type, []);
    case 'value':
      return ofElement(shape.declared, []);
    case 'scalar': {
      const value = ofElement(shape.declared, []);
      if (value === undefined) return shape.optional ? {} : undefined;
      return objectOf([[shape.key, value]]);
    }
    case 'sole':
      return ofMember(shape.member, [], shape.member.min);
    default:
      return shape satisfies never;
  }
};

/** Types that the value stands in: one that would contain itself is left out. */
type Around = readonly ComplexType[];
type Pair = readonly [key: string, value: Json];

const ofElement = ({ type, nillable }: Declared, around: Around): Json | undefined => {
  const own = type.kind === 'simple' ? simpleExample(type) : ofType(type, around);
  return (
    own ?? (nillable && (type.kind === 'simple' || !type.attributes.some(({ required }) => required)) ? null : own)
  );
};

const ofType = (type: ComplexType, around: Around): Json | undefined => {
  if (around.includes(type)) return undefined;
  const item = listItem(type);
  if (item !== null) return ofList(item, [...around, type], item.min);
  if (!type.abstract) return ofMembers(type, [...around, type]);
  for (const derived of type.derived.values()) {
    if (derived.abstract || derived.name === null || around.includes(derived)) continue;
    const label = derived.name.ns === (type.name?.ns ?? '') ? derived.name.local : expanded(derived.name);
    const value = ofMembers(derived, [...around, type, derived]);
    if (value !== undefined) return objectOf([['$type', label], ...Object.entries(value)]);
  }
  return undefined;
};

const ofMembers = (type: ComplexType, around: Around): { readonly [key: string]: Json } | undefined => {
  const attributes = ofAttributes(type);
  if (attributes === undefined) return undefined;
  const pairs: Pair[] = Object.keys(attributes).length === 0 ? [] : [['$attributes', attributes]];
  if (type.content.is === 'text') {
    const value = simpleExample(type.content.type);
    return value === undefined ? undefined : objectOf([...pairs, ['$value', value]]);
  }
  for (const slot of type.content.slots) {
    const found = slot.is === 'choice' ? ofChoice(slot, around) : ofSlot(slot, around);
    if (found === undefined) return undefined;
    pairs.push(...found);
  }
  return objectOf(pairs);
};

const ofSlot = (member: Member, around: Around): Pair[] | undefined => {
  const value = ofMember(member, around, member.min);
  // Outside a wrapper, an empty list is no element at all.
  const isNothing = member.max > 1 && Array.isArray(value) && value.length === 0;
  if (value !== undefined && !isNothing) return [[member.key, value]];
  return member.min === 0 ? [] : undefined;
};

const ofChoice = ({ branches, optional }: Choice, around: Around): Pair[] | undefined => {
  for (const branch of branches) {
    const value = ofMember(branch, around, Math.max(1, branch.min));
    if (value !== undefined) return [[branch.key, value]];
  }
  return optional ? [] : undefined;
};

const ofMember = (member: Member, around: Around, min: number): Json | undefined => {
  if (member.max === 1) return ofElement(member, around);
  const list = ofList(member, around, min);
  return Array.isArray(list) && list.length === 0 && min > 0 ? undefined : list;
};

const ofList = (item: Member, around: Around, min: number): Json | undefined => {
  const one = ofElement(item, around);
  if (min === 0 && (one === undefined || one === null)) return [];
  if (one === undefined) return undefined;
  return Array.from({ length: Math.max(1, min) }, () => one);
};

const ofAttributes = (type: ComplexType): { readonly [key: string]: Json } | undefined => {
  const pairs: Pair[] = [];
  for (const { key, required, type: own } of type.attributes) {
    const value = simpleExample(own);
    if (value !== undefined) pairs.push([key, value]);
    else if (required) return undefined;
  }
  return objectOf(pairs);
};

const objectOf = (pairs: readonly Pair[]): { readonly [key: string]: Json } => {
  const object: Record<string, Json> = {};
  for (const [key, value] of pairs) setMember(object, key, value);
  return object;
};
