// What writers are made of, whatever their type.
import { below, kindOf, Misfit } from '../values/misfit.ts';
import { listed } from './write-turn.ts';
import type { ItemWriter } from './write-turn.ts';
import type { Json } from '../../../adapter.ts';
import type { JsonObject } from '../reading/members.ts';
import type { Choice, ComplexType, Member, Wildcard } from '../schema/types.ts';

/** A value as an element, tags included. `depth` is how many values it stands in. Throws Misfit. */
export type Write = (json: Json, depth: number) => string;

export interface Entry {
  readonly key: string;
  readonly required: boolean;
  readonly write: Write;
}

// Deeper than anything the reader lets in; handlers may hand over values that contain themselves.
export const deepest = 120;

/** Compiled at the first call: types may be recursive. */
export const late = (compile: () => Write): Write => {
  let compiled: Write | null = null;
  return (json, depth) => (compiled ??= compile())(json, depth);
};

export const within = (entry: Entry, value: Json, depth: number): string => {
  try {
    return entry.write(value, depth);
  } catch (error) {
    throw below(error, entry.key);
  }
};

export const repeated = ({ min, max }: Member | Wildcard, write: Write): Write => {
  const each: ItemWriter<null> = { begin: () => null, write, end: () => {} };
  return (json, depth) => {
    if (!Array.isArray(json)) throw new Misfit(`${kindOf(json)}; expected a list`);
    const items: readonly Json[] = json;
    if (items.length < min || items.length > max) {
      throw new Misfit(`${items.length} items; expected ${min} to ${max === Infinity ? 'any number' : max}`);
    }
    return listed({ list: items, depth, by: each }, each);
  };
};

export const hasAttributes = (type: ComplexType): boolean => type.attributes.length > 0 || type.anyAttribute !== null;

export const isKept = (json: Json): boolean =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && Object.hasOwn(json, '$xml');

export const isEmptyList = (json: Json): boolean => Array.isArray(json) && json.length === 0;

export const isNil = (json: Json): json is JsonObject =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, '$nil') && (json as JsonObject)['$nil'] === true;

/** An empty list is no branch taken: nothing of it would be written. */
export const checkChoice = (choice: Choice, object: JsonObject): void => {
  const taken = choice.branches.filter(({ key }) => {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return value !== undefined && !isEmptyList(value);
  });
  const names = choice.branches.map((branch) => branch.key).join(', ');
  if (taken.length > 1) throw new Misfit(`${taken.map((each) => each.key).join(' and ')}; expected one of ${names}`);
  if (taken.length === 0 && !choice.optional) throw new Misfit(`none of ${names}; expected one`);
};

export const xmlAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
