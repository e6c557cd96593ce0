// Which members of an object may be there together, as far as `required` alone cannot say: choices, and groups that are
// there as a whole or not at all.
import { setMember } from '../contract/reading/members.ts';
import { leafSlots } from '../contract/schema/types.ts';
import type { Choice, Slot } from '../contract/schema/types.ts';
import type { JsonSchema } from './json-schema.ts';

/** Members that have to be there whatever the rest is. */
export const requiredKeys = (slots: readonly Slot[]): string[] =>
  slots.flatMap((slot) => (slot.is !== 'choice' && isRequired(slot) ? [slot.key] : []));

/** Rules for choices among the slots, each to be kept. */
export const choiceRules = (slots: readonly Slot[]): JsonSchema[] =>
  slots.flatMap((slot) => (slot.is === 'choice' ? [choiceRule(slot)] : []));

const isRequired = (slot: Exclude<Slot, Choice>): boolean => {
  if (slot.is !== 'items') return slot.min > 0;
  // Where an occurrence may be empty, so may the list of them.
  return slot.min > 0 && slot.shapes.every((shape) => requiredKeys(shape).length > 0);
};

const choiceRule = ({ groups, optional }: Choice): JsonSchema => {
  const keys = groups.map((group) => leafSlots(group).map((slot) => slot.key));
  const taken = groups.map((group, at): JsonSchema => {
    const own = keys[at] ?? [];
    const others = keys.flatMap((each, index) => (index === at ? [] : each));
    if (own.length === 1 && keys.every((each) => each.length === 1)) return { required: own };
    const rules = [anyThere(own), ...choiceRules(group)];
    const required = requiredKeys(group);
    return {
      ...(required.length > 0 ? { required } : {}),
      ...(others.length > 0 ? { not: anyThere(others) } : {}),
      ...(required.length > 0 ? withRules(rules.slice(1)) : withRules(rules)),
    };
  });
  const none: JsonSchema = { not: anyThere(keys.flat()) };
  return { oneOf: optional ? [...taken, none] : taken };
};

const anyThere = (keys: readonly string[]): JsonSchema => ({ anyOf: keys.map((key) => ({ required: [key] })) });

/** Beside other keywords of a schema. */
export const withRules = (rules: readonly JsonSchema[]): JsonSchema => {
  const [first, ...more] = rules;
  if (first === undefined) return {};
  const merged: Record<string, JsonSchema[string]> = {};
  for (const [keyword, value] of Object.entries(first)) setMember(merged, keyword, value);
  return more.length === 0 ? merged : { ...merged, allOf: more };
};
