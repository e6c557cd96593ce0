// Which operation of a plain HTTP route a call asks for: `GET /orders/{id}` and its like, by method and path.
import { canonicalPath, isClear, readings, targetPath } from './readings.ts';

/** A segment of the templates: plain text first, then one that takes any. */
interface Node {
  readonly plain: Map<string, Node>;
  any: Node | null;
  /** The operation whose template ends here. */
  name: string | null;
}

/**
 * Compiles names such as `GET /orders/{id}` to a lookup by method and request target (in full, not below the route's path). Answers
 * the name as it was given, or null: then it is no known operation. A `{parameter}` takes one segment that is not empty; plain
 * text comes before a parameter, from left to right, so the order of `names` never matters. Case matters, so does a slash at the
 * end, and HEAD is not GET. A path that can be read in several ways names an operation only if all ways name the same.
 *
 * Throws a plain Error that says what is wrong with a name, or which two are the same; validation asks `operationProblem` first.
 */
export const restOperations = (names: readonly string[]): ((method: string, target: string) => string | null) => {
  const methods = new Map<string, Node>();
  for (const name of names) {
    const { method, segments } = parse(name);
    const root = methods.get(method) ?? newNode();
    methods.set(method, root);
    const end = segments.reduce(nodeBelow, root);
    if (end.name !== null) throw new Error(`"${end.name}" and "${name}" are one operation; name it once`);
    end.name = name;
  }
  return (method, target) => {
    const root = methods.get(method);
    const path = targetPath(target);
    if (root === undefined || path === '') return null;
    if (isClear(path)) return find(root, path.split('/'), 1);
    const [first = null, ...others] = readings(path).map((reading) => find(root, reading.split('/'), 1));
    return others.every((other) => other === first) ? first : null;
  };
};

/** What is wrong with an operation's name, or null. */
export const operationProblem = (name: string): string | null => {
  const parts = /^([A-Z]+) (\/[^\s?#]*)$/.exec(name);
  if (parts === null) return `found "${name}", expected a method and a path, such as GET /orders/{id}`;
  const path = parts[2] ?? '';
  const odd = path.split('/').find((segment) => /[{}*]/.test(segment) && !isParameter(segment));
  if (odd !== undefined) return `found "${odd}" in "${name}", expected a whole segment such as {id}`;
  const plain = canonicalPath(path.replaceAll(/[{}]/g, ''));
  if (!isClear(plain) && readings(plain).length !== 1)
    return `"${path}" is read differently by different servers, so no call is taken for it`;
  return null;
};

const isParameter = (segment: string): boolean => /^\{[^{}]+\}$/.test(segment);

const parse = (name: string): { method: string; segments: string[] } => {
  const problem = operationProblem(name);
  if (problem !== null) throw new Error(problem);
  const space = name.indexOf(' ');
  const path = name.slice(space + 1).replaceAll(/[^\u0021-\u007E]+/g, encodeURIComponent);
  return { method: name.slice(0, space), segments: canonicalPath(path).split('/').slice(1) };
};

const newNode = (): Node => ({ plain: new Map(), any: null, name: null });

const nodeBelow = (node: Node, segment: string): Node => {
  if (isParameter(segment)) return (node.any ??= newNode());
  const below = node.plain.get(segment) ?? newNode();
  node.plain.set(segment, below);
  return below;
};

/** Tries plain text before a parameter, and goes back where it leads nowhere; never visits more nodes than there are. */
const find = (node: Node, segments: readonly string[], at: number): string | null => {
  const segment = segments[at];
  if (segment === undefined) return node.name;
  const below = node.plain.get(segment);
  const found = below === undefined ? null : find(below, segments, at + 1);
  if (found !== null || node.any === null || segment === '') return found;
  return find(node.any, segments, at + 1);
};
