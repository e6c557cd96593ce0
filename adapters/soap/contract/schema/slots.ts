// What a content model has in JSON: names of its members, and which of its groups are lists of objects.
import { expanded } from '../xml/qname.ts';
import { isNullable } from './simplify.ts';
import { leavesOf } from './types.ts';
import type { DraftGroup, DraftMember, DraftParticle, DraftWildcard } from './simplify.ts';
import type { Group, Items, Member, Particle, Slot, Wildcard } from './types.ts';

// Leaves of drafts are drafts.
type DraftLeaf = DraftMember | DraftWildcard;

export interface Slots {
  readonly slots: readonly Slot[];
  readonly flat: boolean;
  readonly model: Group;
}

/** `settled`: leaves of the base, whose names stay. `later` runs once all types are known. */
export const slotsOf = (root: DraftGroup, settled: ReadonlySet<Particle>, later: (act: () => void) => void): Slots => {
  giveKeys(leavesOf(root), settled);
  const model = isAmbiguous(root) ? wrapped(root, later) : root;
  const lists = new Names('$items');
  list(model, lists, later);
  const anys = new Names('$any');
  for (const leaf of plainLeaves(model)) {
    if (leaf.is !== 'any') continue;
    const key = anys.next();
    if (!settled.has(leaf)) leaf.key = key;
  }
  return { slots: model.parts.flatMap(slotsFor), flat: isFlat(model), model };
};

/** `$items`, `$items2`, `$items3`, … */
class Names {
  #count = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  next(): string {
    this.#count += 1;
    return this.#count === 1 ? this.#name : `${this.#name}${this.#count}`;
  }
}

/** The second of two names with one local part carries its namespace in JSON; one name has one key. */
const giveKeys = (leaves: readonly DraftLeaf[], settled: ReadonlySet<Particle>): void => {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  const give = (leaf: DraftLeaf): void => {
    if (leaf.is === 'any') return;
    const name = expanded(leaf.name);
    const known = keys.get(name);
    if (known === undefined && taken.has(leaf.key)) leaf.key = `${leaf.name.ns}~${leaf.name.local}`;
    if (known !== undefined) leaf.key = known;
    keys.set(name, leaf.key);
    taken.add(leaf.key);
  };
  for (const leaf of leaves) if (settled.has(leaf)) give(leaf);
  for (const leaf of leaves) if (!settled.has(leaf)) give(leaf);
};

/** Leaves that are not in a repeated group. */
const plainLeaves = (particle: DraftParticle): DraftLeaf[] => {
  if (particle.is !== 'group') return [particle];
  return particle.max > 1 || particle.items !== null ? [] : particle.parts.flatMap(plainLeaves);
};

/** One element at two places of a type: by its name alone its place is lost. */
const isAmbiguous = (root: DraftGroup): boolean => {
  const keys = plainLeaves(root).flatMap((leaf) => (leaf.is === 'member' ? [leaf.key] : []));
  return new Set(keys).size < keys.length;
};

const wrapped = (root: DraftGroup, later: (act: () => void) => void): DraftGroup => {
  const inner: DraftGroup = { ...root, items: null };
  const outer: DraftGroup = { is: 'group', order: 'sequence', min: 1, max: 1, parts: [inner], items: null };
  inner.items = eachOf(inner, '$items', later);
  return outer;
};

const list = (particle: DraftParticle, names: Names, later: (act: () => void) => void): void => {
  if (particle.is !== 'group') return;
  if (particle.items !== null || particle.max > 1) {
    const key = names.next();
    particle.items ??= shapesOf(particle, key) ?? eachOf(particle, key, later);
    return;
  }
  for (const part of particle.parts) list(part, names, later);
};

/**
 * One object an occurrence, where each occurrence can be told from the next: it begins with one element that stands
 * nowhere else in the group. Null where it cannot be told.
 */
const shapesOf = (group: DraftGroup, key: string): Items | null => {
  if (group.max === 1) return null;
  const shapes = group.order === 'choice' ? group.parts : [{ ...group, min: 1, max: 1 }];
  const leaves = leavesOf(group).flatMap((leaf) => (leaf.is === 'member' ? [leaf.key] : []));
  if (new Set(leaves).size < leaves.length || !shapes.every(isToldApart)) return null;
  return { is: 'items', key, min: group.min, max: group.max, each: false, shapes: shapes.map(slotsFor) };
};

const isToldApart = (shape: DraftParticle): boolean => {
  if (shape.min !== 1 || shape.max !== 1) return false;
  if (shape.is !== 'group') return shape.is === 'member';
  const [first] = shape.parts;
  return shape.order === 'sequence' && first?.is === 'member' && isToldApart(first) && shape.parts.every(isPlain);
};

/** Without a repeated group in it. */
const isPlain = (particle: DraftParticle): boolean =>
  particle.is !== 'group' || (particle.max === 1 && particle.parts.every(isPlain));

const eachOf = (group: DraftGroup, key: string, later: (act: () => void) => void): Items => {
  const shapes = new Map<string, readonly Slot[]>();
  for (const leaf of leavesOf(group) as readonly DraftLeaf[]) {
    const one: DraftLeaf = { ...leaf, min: 1, max: 1 };
    if (!shapes.has(leaf.key)) shapes.set(leaf.key, [one]);
    if (leaf.is === 'member' && one.is === 'member') later(() => (one.type = leaf.type));
  }
  const min = isNullable(group) ? 0 : 1;
  return { is: 'items', key, min, max: Infinity, each: true, shapes: [...shapes.values()] };
};

const slotsFor = (particle: Particle): readonly Slot[] => {
  if (particle.is !== 'group') return [particle];
  if (particle.items !== null) return [particle.items];
  if (particle.order !== 'choice' && particle.min === 1) return particle.parts.flatMap(slotsFor);
  const branches = leavesOf(particle).filter((leaf): leaf is Member => leaf.is === 'member');
  const groups = particle.order === 'choice' ? particle.parts.map(slotsFor) : [particle.parts.flatMap(slotsFor)];
  return [{ is: 'choice', optional: isNullable(particle) || particle.order !== 'choice', branches, groups }];
};

const isFlat = (root: Group): boolean =>
  root.parts.every((part) => (root.order === 'all' ? isMember(part) : isSlot(part)));
const isMember = (part: Particle): part is Member => part.is === 'member';
const isSlot = (part: Particle): part is Member | Wildcard | Group =>
  part.is !== 'group' ||
  (part.order === 'choice' && part.max === 1 && part.items === null && part.parts.every(isMember));
