// A tree against the schemas: all problems at once, each at its place, with what was found, expected, and the nearest name.
import { z } from 'zod';
import type { Problem } from '../events.ts';
import { nearest } from '../lib/nearest.ts';
import { didYouMean, isWithin, problemHere, showFound } from './problem.ts';
import { fileSchema } from './schema.ts';
import type { FileSettings } from './schema.ts';
import { keyPlaceOf, nodeAt, placeOf, plain } from './tree.ts';
import type { MapTree, Path, Plain, Tree } from './tree.ts';

type Issue = z.core.$ZodIssue;

/**
 * `settings` is what could be understood: everything that has a problem is left out, so that checks across the file can
 * still say theirs. Null when too little is left.
 */
export interface Validated {
  readonly settings: FileSettings | null;
  readonly problems: readonly Problem[];
}

/** Each round leaves at least one more part out. */
const maxRounds = 1000;

export const validate = (tree: MapTree, earlier: readonly Problem[]): Validated => {
  const problems: Problem[] = [];
  // What has been said to be wrong already, and so was left out: what follows from the hole is no news.
  const holes = earlier.map(({ path }) => path);
  const value = plain(tree);
  for (let round = 0; round < maxRounds; round++) {
    const parsed = fileSchema.safeParse(value, { error: expectation, reportInput: false });
    if (parsed.success) return { settings: parsed.data, problems };
    const issues = parsed.error.issues.flatMap(flatten).toReversed();
    for (const issue of issues) {
      if (retype(issue, tree, value)) continue;
      const news = toProblems(issue, tree).filter(({ path }) => !holes.some((hole) => isWithin(hole, path)));
      problems.push(...news);
      holes.push(...news.map(({ path }) => path));
      if (!leaveOut(value, issue)) return { settings: null, problems };
    }
  }
  return { settings: null, problems };
};

/** For schemas that do not say themselves what they expect. `unrecognized_keys` gets the keys that exist, for `nearest`. */
const expectation = (issue: z.core.$ZodRawIssue): string => {
  if (issue.code === 'unrecognized_keys') return Object.keys(definition(issue.inst)['shape'] ?? {}).join(' ');
  if (issue.code === 'invalid_union') {
    const discriminator = definition(issue.inst)['discriminator'];
    return typeof discriminator === 'string' ? 'one of soap, http, handler' : '';
  }
  if (issue.code === 'invalid_value')
    return issue.values
      .map((value) => String(value))
      .join(', ')
      .replace(/^(?=.*,)/, 'one of ');
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'another name';
  return issue.message ?? 'something else';
};

const kinds: Readonly<Record<string, string>> = {
  string: 'text (in quotes, if it looks like a number)',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of settings',
  record: 'a map of names to settings',
};

const definition = (schema: unknown): Record<string, object | string | undefined> =>
  (schema as { def?: Record<string, object | string> } | undefined)?.def ?? {};

/** A union's issues are those of the branch that was most likely meant: the one that failed deepest. */
const flatten = (issue: Issue): Issue[] => {
  if (issue.code !== 'invalid_union') return [issue];
  const [inside = null, ...more] = issue.errors.filter(isInside);
  // `retries: { attempts: 9 }` is a map where a map may be: what is wrong with it stands inside.
  if (inside !== null && more.length === 0)
    return inside.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
  if (issue.message !== '') return [issue];
  const depth = (branch: readonly Issue[]): number => Math.min(...branch.map(({ path }) => path.length));
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const [first, ...others] = branches;
  if (first === undefined) return [issue];
  const meant = others.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best), first);
  return meant.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
};

/** Did this branch fail by something within the value, and not by its kind? */
const isInside = (branch: readonly Issue[]): boolean =>
  branch.length > 0 && branch.every(({ code, path }) => path.length > 0 || ofWhole.has(code));

/** What is said of a value whose kind is right. */
const ofWhole: ReadonlySet<string> = new Set<Issue['code']>(['unrecognized_keys', 'custom']);

/** `weight: "${WEIGHT}"` came as text; where a number or a yes is expected, the text is read as one. */
const retype = (issue: Issue, tree: Tree, value: Plain): boolean => {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_value') return false;
  const node = nodeAt(tree, issue.path as Path);
  if (node?.kind !== 'scalar' || node.template === null || typeof node.value !== 'string') return false;
  const holder = holderOf(value, issue.path as Path);
  const name = issue.path.at(-1);
  if (holder === null || name === undefined || typeof holder[name as string] !== 'string') return false;
  const wanted = issue.code === 'invalid_type' ? issue.expected : typeof issue.values[0];
  if ((wanted === 'number' || wanted === 'int') && /^-?\d+(\.\d+)?$/.test(node.value))
    holder[name as string] = Number(node.value);
  else if (wanted === 'boolean' && /^(true|false)$/.test(node.value)) holder[name as string] = node.value === 'true';
  else return false;
  return true;
};

const toProblems = (issue: Issue, tree: Tree): Problem[] => {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, path, { tree, known: issue.message.split(' ') }));
  const found = nodeAt(tree, path);
  if (found === null) return [problemHere(placeOf(tree, path), path, `is missing; expected ${issue.message}`)];
  const valid =
    issue.code === 'invalid_value'
      ? issue.values.map(String)
      : issue.code === 'invalid_union'
        ? issue.message.slice(7).split(', ')
        : [];
  const said = found.kind === 'scalar' && found.template === null ? String(found.value) : null;
  const isQuoted = said !== null && valid.includes(said);
  const near = said === null || isQuoted ? null : nearest(said, valid);
  return [
    problemHere(
      placeOf(tree, path),
      path,
      `found ${showFound(tree, path)}, expected ${issue.message}${isQuoted ? ', without quotes' : didYouMean(near)}`,
    ),
  ];
};

const unknownKey = (key: string, path: Path, { tree, known }: { tree: Tree; known: readonly string[] }): Problem => {
  const near = nearest(key, known);
  const advice = near === null ? `; expected one of ${known.join(', ')}` : didYouMean(near);
  return problemHere(keyPlaceOf(tree, [...path, key]), [...path, key], `unknown key ${JSON.stringify(key)}${advice}`);
};

type Holder = Record<string, Plain>;

const holderOf = (value: Plain, path: Path): Holder | null => {
  let holder: Plain | undefined = value;
  for (const part of path.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null) return null;
    holder = (holder as Holder)[part];
  }
  return typeof holder === 'object' && holder !== null ? (holder as Holder) : null;
};

/** Takes the part out that has the problem; where something is missing, the part that misses it. */
const leaveOut = (value: Plain, issue: Issue): boolean => {
  const path = issue.path as Path;
  const [section, route, setting] = path;
  const routeSettings = section === 'routes' && setting === 'match' ? holderOf(value, path.slice(0, 3)) : null;
  if (routeSettings !== null) {
    // A route can't do without, and its other problems shall be told: a stand-in that equals no other route's.
    routeSettings['match'] = { path: `/wrong/${String(route).replaceAll(/[^\w-]/g, '_')}` };
    return true;
  }
  if (issue.code === 'unrecognized_keys') {
    const holder = holderOf(value, [...path, '']);
    for (const key of issue.keys) if (holder !== null) delete holder[key];
    return holder !== null;
  }
  for (let length = path.length; length > 0; length--) {
    const holder = holderOf(value, path.slice(0, length));
    const name = path[length - 1]!;
    if (holder === null || !Object.hasOwn(holder, name)) continue;
    if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else delete holder[name];
    return true;
  }
  return false;
};
