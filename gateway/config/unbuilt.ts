// What the file will take once it is built. Who builds one of these deletes its line here and adds it to a schema.
import type { Problem } from '../events.ts';
import { problemHere } from './problem.ts';
import { keyPlaceOf, namesAt } from './tree.ts';
import type { MapTree, Path, Tree } from './tree.ts';

/** Keys by where they stand; `*` is any name. */
const keys = [
  'gateway.workers',
  'gateway.tokens',
  'gateway.oidc',
  'destinations.*.sandbox',
  'routes.*.ramp',
  'routes.*.shadow',
  'routes.*.operations.*.ramp',
  'routes.*.operations.*.shadow',
] as const;

const notYet = 'not in this version';

/** One problem for each, at its line; and the tree without them, so that nothing else is said about them. */
export const takeUnbuilt = (tree: MapTree): { readonly tree: MapTree; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = [];
  let rest: Tree = tree;
  const take = (path: Path, message: string): void => {
    problems.push(problemHere(keyPlaceOf(tree, path), path, message));
    rest = without(rest, path);
  };
  for (const key of keys) for (const path of paths(tree, key)) take(path, `${String(path.at(-1))} is ${notYet}`);
  return { tree: rest.kind === 'map' ? rest : tree, problems };
};

/** Every path of the tree that a pattern fits. */
const paths = (tree: Tree, pattern: string): readonly Path[] => {
  let found: readonly Path[] = [[]];
  for (const part of pattern.split('.')) {
    const below = (path: Path): Path[] => names(tree, path, part).map((name) => path.concat(name));
    found = found.flatMap(below);
  }
  return found;
};

const names = (tree: Tree, path: Path, part: string): readonly string[] =>
  namesAt(tree, path).filter((name) => part === '*' || part === name);

const without = (tree: Tree, [name, ...below]: Path): Tree => {
  if (tree.kind !== 'map') return tree;
  const entries = new Map(tree.entries);
  const entry = entries.get(String(name));
  if (entry === undefined) return tree;
  if (below.length === 0) entries.delete(String(name));
  else entries.set(String(name), { key: entry.key, node: without(entry.node, below) });
  return { ...tree, entries };
};
