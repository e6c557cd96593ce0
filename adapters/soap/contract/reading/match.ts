// Content models that are more than a row of members: what was read (or is to be written), matched against its groups.
// XML Schema's models are deterministic, so one element is enough to know where it belongs.
import { setMember } from './members.ts';
import { below, Misfit } from '../values/misfit.ts';
import { isNullable } from '../schema/simplify.ts';
import { allows } from '../schema/types.ts';
import type { Json } from '../../../adapter.ts';
import type { Group, Member, Particle, Wildcard } from '../schema/types.ts';

/** Children of one element, in order. */
export interface Run {
  /** Keys of members; `$any` for what the schema does not name. */
  readonly keys: string[];
  /** Namespaces of the elements. */
  readonly namespaces: string[];
  readonly values: Json[];
  at: number;
}

export const emptyRun = (): Run => ({ keys: [], namespaces: [], values: [], at: 0 });

export const anyKey = '$any';

type JsonObject = Record<string, Json>;

interface Step {
  /** Does the next element belong here? */
  readonly starts: (run: Run) => boolean;
  /** Takes what belongs here. Throws Misfit. */
  readonly take: (run: Run, into: JsonObject) => void;
  readonly nullable: boolean;
}

/** Takes all of a run, as members of `into`. Throws Misfit for what the model does not have there. */
export const matcher = (model: Group): ((run: Run, into: JsonObject) => void) => {
  const step = stepOf(model, null);
  return (run, into) => {
    step.take(run, into);
    if (run.at < run.keys.length) throw new Misfit(`the element ${run.keys[run.at]}, out of order`);
  };
};

/** Single elements of a group that lists each: each goes to the list. */
type Listed = { list: Json[] } | null;

const stepOf = (particle: Particle, listed: Listed): Step => {
  if (particle.is !== 'group') return leaf(particle, listed);
  return particle.items !== null && listed === null ? items(particle) : group(particle, listed);
};

const leaf = (particle: Member | Wildcard, listed: Listed): Step => {
  const { key, min, max } = particle;
  const own = particle.is === 'any' ? anyKey : key;
  const starts = (run: Run): boolean =>
    run.keys[run.at] === own && (particle.is === 'member' || allows(particle.namespaces, run.namespaces[run.at] ?? ''));
  const take = (run: Run, into: JsonObject): void => {
    const isList = max > 1 || particle.is === 'any';
    const list: Json[] = [];
    while (list.length < max && starts(run)) list.push(run.values[run.at++] as Json);
    if (list.length < min) throw tooFew(particle, list.length);
    if (list.length === 0) return;
    if (listed === null) return setMember(into, key, isList ? list : (list[0] as Json));
    for (const each of list) listed.list.push(single(own, particle.is === 'any' ? [each] : each));
    return undefined;
  };
  return { starts, take, nullable: min === 0 };
};

const single = (key: string, value: Json): Json => {
  const object: JsonObject = {};
  setMember(object, key, value);
  return object;
};

const tooFew = (particle: Member | Wildcard, count: number): Misfit => {
  if (particle.is === 'any') return new Misfit(`${count} elements of other kinds; expected ${particle.min} at least`);
  if (particle.max === 1) return new Misfit(`no element ${particle.name.local}, which is required`);
  return below(new Misfit(`${count} items; expected ${particle.min} at least`), particle.key) as Misfit;
};

/** A group whose occurrences, or whose elements, are a list. */
const items = (particle: Group): Step => {
  const { items: made, min, max } = particle;
  if (made === null) throw new Error('a group that is not listed');
  const listed: Listed = made.each ? { list: [] } : null;
  const step = once(particle, listed);
  const take = (run: Run, into: JsonObject): void => {
    const list: Json[] = [];
    if (listed !== null) listed.list = list;
    let count = 0;
    while (count < max && step.starts(run)) {
      const object: JsonObject = {};
      step.take(run, object);
      if (listed === null) list.push(object);
      count += 1;
    }
    if (count === 0 && min > 0 && !step.nullable) step.take(run, {}); // says what is missing
    if (count < min && !step.nullable) throw below(new Misfit(`${count} times; expected ${min} at least`), made.key);
    if (list.length > 0) into[made.key] = list;
  };
  return { starts: step.starts, take, nullable: min === 0 || step.nullable };
};

const group = (particle: Group, listed: Listed): Step => {
  const step = once(particle, listed);
  const { min, max } = particle;
  const take = (run: Run, into: JsonObject): void => {
    let count = 0;
    for (; count < max && step.starts(run); count += 1) step.take(run, into);
    if (count < min && !step.nullable) step.take(run, into); // says what is missing
  };
  return { starts: step.starts, take, nullable: min === 0 || step.nullable };
};

/** One occurrence of a group. */
const once = (particle: Group, listed: Listed): Step => {
  const parts = particle.parts.map((part) => stepOf(part, listed));
  const nullable = isNullable({ ...particle, min: 1 });
  if (particle.order === 'sequence') return { starts: (run) => startsOf(parts, run), take: row(parts), nullable };
  const starts = (run: Run): boolean => parts.some((part) => part.starts(run));
  if (particle.order === 'all') return { starts, take: anyOrder(parts), nullable };
  const names = particle.parts.map(nameOf).join(', ');
  const take = (run: Run, into: JsonObject): void => {
    const part = parts.find((each) => each.starts(run));
    if (part !== undefined) part.take(run, into);
    else if (!nullable) throw new Misfit(`none of ${names}; expected one`);
  };
  return { starts, take, nullable };
};

const nameOf = (particle: Particle): string => {
  if (particle.is !== 'group') return particle.key;
  return particle.parts.map(nameOf).join(particle.order === 'choice' ? ' or ' : ' and ');
};

const startsOf = (parts: readonly Step[], run: Run): boolean => {
  for (const part of parts) {
    if (part.starts(run)) return true;
    if (!part.nullable) return false;
  }
  return false;
};

const row =
  (parts: readonly Step[]): Step['take'] =>
  (run, into) => {
    for (const part of parts) part.take(run, into);
  };

const anyOrder =
  (parts: readonly Step[]): Step['take'] =>
  (run, into) => {
    const rest = new Set(parts);
    for (let found: Step | undefined; ; rest.delete(found)) {
      found = [...rest].find((part) => part.starts(run));
      if (found === undefined) break;
      found.take(run, into);
    }
    for (const part of rest) if (!part.nullable) part.take(run, into); // says what is missing
  };
