// Several files → one tree. Teams' files add names; an overlay lays its values over what is there.
import type { Problem } from '../events.ts';
import { problemHere } from './problem.ts';
import { emptyMap } from './tree.ts';
import type { Entry, MapTree, Path, Tree } from './tree.ts';

/** Maps merge key by key, everything else is replaced. A key with nothing behind it leaves what is there. */
export const overlay = (under: Tree, over: Tree): Tree => {
  if (over.kind === 'scalar' && over.value === null && over.template === null) return under;
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name);
    if (below === undefined) entries.set(name, entry);
    else entries.set(name, { key: entry.key, node: overlay(below.node, entry.node) });
  }
  return { kind: 'map', at: under.at, entries };
};

/** What a team's file may hold. */
const shared = ['destinations', 'routes'] as const;

/** Adds the names of a team's file; a name that is there already is a problem that names both places. */
export const join = (tree: MapTree, part: MapTree, problems: Problem[]): MapTree => {
  const entries = new Map(tree.entries);
  for (const [name, entry] of part.entries) {
    if (name === 'version') continue;
    if (shared.some((section) => section === name)) {
      const merged = joinSection(entries.get(name), entry, { path: [name], problems });
      if (merged !== null) entries.set(name, merged);
    } else {
      problems.push(
        problemHere(
          entry.key,
          [name],
          `belongs in the first file; a file in routes.config.d has ${shared.join(' and ')}`,
        ),
      );
    }
  }
  return { ...tree, entries };
};

const joinSection = (
  below: Entry | undefined,
  entry: Entry,
  { path, problems }: { path: Path; problems: Problem[] },
): Entry | null => {
  if (entry.node.kind === 'scalar' && entry.node.value === null) return below ?? null;
  if (entry.node.kind !== 'map') {
    problems.push(problemHere(entry.key, path, 'expected a map of names to settings'));
    return below ?? null;
  }
  const under = below?.node.kind === 'map' ? below.node : emptyMap(entry.key);
  const names = new Map(under.entries);
  for (const [name, added] of entry.node.entries) {
    const other = names.get(name);
    if (other === undefined) {
      names.set(name, added);
      continue;
    }
    const { file, line, column } = other.key;
    problems.push(
      problemHere(added.key, [...path, name], `is defined twice: here, and in ${file}:${line}:${column}; rename one`),
    );
  }
  return { key: below?.key ?? entry.key, node: { ...under, entries: names } };
};
