// JSON → XML for content models that are more than a row of members: which groups are there is told by which members are.
import { anyKey, emptyRun, matcher } from '../reading/match.ts';
import { checkKeys, objectOf } from '../reading/members.ts';
import { below, kindOf, Misfit } from '../values/misfit.ts';
import { isNullable } from '../schema/simplify.ts';
import { leavesOf } from '../schema/types.ts';
import { parseXml } from '../xml/xml.ts';
import type { Json } from '../../../adapter.ts';
import type { JsonObject } from '../reading/members.ts';
import type { Run } from '../reading/match.ts';
import type { Group, Items, Member, Particle, Wildcard } from '../schema/types.ts';
import { listed } from './write-turn.ts';
import type { ItemWriter } from './write-turn.ts';
import { deepest } from './writing.ts';
import type { Write } from './writing.ts';

/** Writes all occurrences of an element or wildcard. */
type Leaf = (particle: Member | Wildcard) => Write;

interface Part {
  readonly keys: readonly string[];
  readonly nullable: boolean;
  write(object: JsonObject, depth: number): string;
}

/** Content of an object, in the model's order. `also`: keys that are not the content's. */
export const modelWriter = (model: Group, leaf: Leaf, also: readonly string[]): Write => {
  const part = partOf(model, leaf);
  const known = [...part.keys, ...also];
  return (json, depth) => {
    const object = objectOf(json);
    if (depth > deepest) throw new Misfit(`deeper than ${deepest} levels`);
    checkKeys(object, known);
    return part.write(object, depth);
  };
};

const partOf = (particle: Particle, leaf: Leaf): Part => {
  if (particle.is !== 'group') return leafPart(particle, leaf);
  if (particle.items === null) return groupPart(particle, leaf);
  const { key, each } = particle.items;
  const list = each ? eachOf(particle, leaf) : occurrencesOf(particle, particle.items, leaf);
  const nullable = isNullable(particle);
  const write = (object: JsonObject, depth: number): string => {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    if (value === undefined && nullable) return '';
    try {
      if (value === undefined) throw new Misfit('missing, but required');
      if (!Array.isArray(value)) throw new Misfit(`${kindOf(value)}; expected a list`);
      return list(value as readonly Json[], depth);
    } catch (error) {
      throw below(error, key);
    }
  };
  return { keys: [key], nullable, write };
};

const leafPart = (particle: Member | Wildcard, leaf: Leaf): Part => {
  const { key, min } = particle;
  const all = leaf(particle);
  const write = (object: JsonObject, depth: number): string => {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    try {
      if (value !== undefined) return all(value, depth);
      if (min > 0) throw new Misfit('missing, but required');
    } catch (error) {
      throw below(error, key);
    }
    return '';
  };
  return { keys: [key], nullable: min === 0, write };
};

/** A group that is there at most once. */
const groupPart = (particle: Group, leaf: Leaf): Part => {
  const parts = particle.parts.map((part) => partOf(part, leaf));
  const keys = parts.flatMap((part) => part.keys);
  const nullable = isNullable(particle);
  const base = { keys, nullable };
  if (particle.order === 'choice') return { ...base, write: choice(parts, nullable) };
  const all = (object: JsonObject, depth: number): string => {
    let out = '';
    for (const part of parts) out += part.write(object, depth);
    return out;
  };
  if (particle.min > 0) return { ...base, write: all };
  return { ...base, write: (object, depth) => (isThere(keys, object) ? all(object, depth) : '') };
};

const choice =
  (parts: readonly Part[], nullable: boolean): Part['write'] =>
  (object, depth) => {
    const taken = parts.filter((part) => isThere(part.keys, object));
    const [one, other] = taken;
    const names = (of: readonly Part[], word: string): string => of.map((part) => part.keys.join('+')).join(word);
    if (other !== undefined) throw new Misfit(`${names(taken, ' and ')}; expected one of ${names(parts, ', ')}`);
    if (one !== undefined) return one.write(object, depth);
    if (nullable) return '';
    throw new Misfit(`none of ${names(parts, ', ')}; expected one`);
  };

/** An empty list is nothing: nothing of it would be written. */
const isThere = (keys: readonly string[], object: JsonObject): boolean =>
  keys.some((key) => {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });

type WriteList = (list: readonly Json[], depth: number) => string;

/** One object an occurrence of the group. */
const occurrencesOf = (particle: Group, { min, max }: Items, leaf: Leaf): WriteList => {
  const once = groupPart({ ...particle, min: 1, max: 1, items: null }, leaf);
  const each: ItemWriter<null> = {
    begin: () => null,
    write(json, depth) {
      const object = objectOf(json);
      checkKeys(object, once.keys);
      return once.write(object, depth);
    },
    end: () => {},
  };
  return (list, depth) => {
    if (list.length < min || list.length > max) throw new Misfit(`${list.length} items; ${times(min, max)}`);
    return listed({ list, depth, by: each }, each);
  };
};

const times = (min: number, max: number): string => `expected ${min} to ${max === Infinity ? 'any number' : max}`;

/** One object an element; then the model says whether they may follow each other. */
const eachOf = (particle: Group, leaf: Leaf): WriteList => {
  const writers = new Map<string, Write>();
  for (const each of leavesOf(particle)) {
    const key = each.is === 'any' ? anyKey : each.key;
    // Which of several wildcards lets an element in, the model says.
    const one =
      each.is === 'any'
        ? { ...each, min: 1, max: 1, namespaces: { only: null, not: [] } }
        : { ...each, min: 1, max: 1 };
    if (!writers.has(key)) writers.set(key, leaf(one));
  }
  const known = [...writers.keys()];
  const match = matcher({ is: 'group', order: 'sequence', min: 1, max: 1, parts: [particle], items: null });
  const item: ItemWriter<Run> = {
    begin: emptyRun,
    write(json, depth, run) {
      const object = objectOf(json);
      checkKeys(object, known);
      const [key, second] = Object.keys(object).filter((each) => object[each] !== undefined);
      const write = key === undefined || second !== undefined ? undefined : writers.get(key);
      if (key === undefined || write === undefined)
        throw new Misfit(`not one member; expected one of ${known.join(', ')}`);
      try {
        const text = write(object[key] as Json, depth);
        run.keys.push(key);
        run.namespaces.push(key === anyKey ? parseXml(text).ns : '');
        run.values.push(null);
        return text;
      } catch (error) {
        throw below(error, key);
      }
    },
    end(run) {
      try {
        match(run, {});
      } catch (error) {
        // The list's own name is told by whoever it is a member of.
        if (error instanceof Misfit && error.steps[0] === particle.items?.key) error.steps.shift();
        throw error;
      }
    },
  };
  return (list, depth) => listed({ list, depth, by: item }, item);
};
