// Content models to fewer groups that say the same: what one element in three groups says, one element says.
import type { Group, Member, Particle, Wildcard } from './types.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
// Drafts until their type is complete: names in JSON, and types, are settled in place.
export type DraftMember = Draft<Member>;
export type DraftWildcard = Draft<Wildcard>;
export type DraftGroup = Draft<Omit<Group, 'parts'>> & { parts: DraftParticle[] };
export type DraftParticle = DraftMember | DraftWildcard | DraftGroup;

/** null where nothing is left. */
export const simplified = (particle: DraftParticle): DraftParticle | null => {
  if (particle.max === 0) return null;
  return particle.is === 'group' ? group(particle) : particle;
};

const group = (from: DraftGroup): DraftParticle | null => {
  let { min } = from;
  const { max, order } = from;
  let parts: DraftParticle[] = [];
  for (const each of from.parts) {
    const part = simplified(each);
    if (part !== null) parts.push(part);
    else if (order === 'choice') min = 0;
  }
  if (parts.length === 0) return null;
  if (order === 'choice') [parts, min] = choice(parts, min);
  if (order === 'sequence') parts = parts.flatMap((part) => (isOnce(part, 'sequence') ? part.parts : [part]));
  const [only, second] = parts;
  if (only !== undefined && second === undefined) {
    const times = product({ min, max }, only);
    if (times !== null) return Object.assign(only, times);
  }
  // All optional already: then a group around them that may be left out adds nothing.
  if (order !== 'choice' && min === 0 && max === 1 && parts.every(isNullable)) min = 1;
  return { ...from, min, max, parts };
};

const choice = (parts: DraftParticle[], least: number): [DraftParticle[], number] => {
  let min = least;
  const branches: DraftParticle[] = [];
  for (const part of parts) {
    if (isNullable(part)) min = 0;
    if (part.is === 'group' && part.order === 'choice' && part.max === 1) branches.push(...part.parts);
    else branches.push(part.min === 0 ? Object.assign(part, { min: 1 }) : part);
  }
  return [branches, min];
};

/** Occurrences of a part that stands alone in a group; null where the two do not come to one range. */
const product = (outer: Times, inner: Times): Times | null => {
  if (inner.min === 1 && inner.max === 1) return { min: outer.min, max: outer.max };
  if (outer.min === 1 && outer.max === 1) return { min: inner.min, max: inner.max };
  // 2 to 3 elements twice are 4 to 6, but 2 to 3 any number of times are never 1: gaps are no range.
  return inner.min > 1 ? null : { min: outer.min * inner.min, max: outer.max * inner.max };
};

interface Times {
  readonly min: number;
  readonly max: number;
}

const isOnce = (part: DraftParticle, order: Group['order']): part is DraftGroup =>
  part.is === 'group' && part.order === order && part.min === 1 && part.max === 1;

/** May it be left out? */
export const isNullable = (particle: Particle): boolean => {
  if (particle.min === 0) return true;
  if (particle.is !== 'group') return false;
  return particle.order === 'choice' ? particle.parts.some(isNullable) : particle.parts.every(isNullable);
};
