// The file as values that know where they stand. Merging, checking and validating work on this; `plain` is what the schemas see.

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export type Path = readonly (string | number)[];
export type Scalar = string | number | boolean | null;

export interface Entry {
  /** Where the key stands. */
  readonly key: Place;
  readonly node: Tree;
}

export type Tree =
  | {
      readonly kind: 'scalar';
      readonly at: Place;
      readonly value: Scalar;
      /** The text as the file has it, where the environment was asked: all that a message may show. */
      readonly template: string | null;
    }
  | { readonly kind: 'map'; readonly at: Place; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Tree[] };

export type MapTree = Extract<Tree, { kind: 'map' }>;

/** What the schemas see. */
export type Plain = Scalar | Plain[] | { [key: string]: Plain };

export const emptyMap = (at: Place): MapTree => ({ kind: 'map', at, entries: new Map() });

/** The node at a path, or null where the file says nothing. */
export const nodeAt = (tree: Tree, path: Path): Tree | null => step(tree, path)?.node ?? null;

/** Is something said at this path? */
export const says = (tree: Tree, path: Path): boolean => nodeAt(tree, path) !== null;

/** The names that a map has, in order; none where there is no map. */
export const namesAt = (tree: Tree, path: Path): readonly string[] => {
  const node = nodeAt(tree, path);
  return node?.kind === 'map' ? [...node.entries.keys()] : [];
};

/** Where a path stands: a plain value, anything else's key; for what is not there, the nearest that holds it. */
export const placeOf = (tree: Tree, path: Path): Place => {
  for (let length = path.length; length > 0; length--) {
    const found = step(tree, path.slice(0, length));
    if (found === null) continue;
    const isValue = length === path.length && found.node.kind === 'scalar' && found.node.value !== null;
    return isValue ? found.node.at : (found.key ?? found.node.at);
  }
  return tree.at;
};

/** Where the key at the end of a path stands. */
export const keyPlaceOf = (tree: Tree, path: Path): Place => step(tree, path)?.key ?? placeOf(tree, path);

const step = (tree: Tree, path: Path): { key: Place | null; node: Tree } | null => {
  let found: { key: Place | null; node: Tree } = { key: null, node: tree };
  for (const part of path) {
    const { node } = found;
    if (node.kind === 'map') {
      const entry = node.entries.get(String(part));
      if (entry === undefined) return null;
      found = entry;
    } else {
      const item = node.kind === 'list' && typeof part === 'number' ? node.items[part] : undefined;
      if (item === undefined) return null;
      found = { key: null, node: item };
    }
  }
  return found;
};

export const plain = (tree: Tree): Plain => {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, { node }]) => [key, plain(node)]));
};
