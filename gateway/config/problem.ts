// What is wrong with the file, and where. Messages never show a value that came from the environment, nor a secret.
import type { Problem } from '../events.ts';
import type { Path, Place, Tree } from './tree.ts';
import { nodeAt } from './tree.ts';

export const problemHere = (
  place: Place,
  path: Path,
  message: string,
  severity: Problem['severity'] = 'error',
): Problem => ({
  file: place.file,
  line: place.line,
  column: place.column,
  path: showPath(path),
  message,
  severity,
});

/** `routes.config.yaml:12:9  error  routes.orders.legacy: …` */
export const formatProblem = ({ file, line, column, severity, path, message }: Problem): string =>
  `${file}:${line}:${column}  ${severity}  ${path === '' ? '' : `${path}: `}${message}`;

/** `routes.orders.operations."GET /x".weight`: as the file nests it; names that are no plain words in quotes. */
export const showPath = (path: Path): string =>
  path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`;
    const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return shown === '' ? name : `${shown}.${name}`;
  }, '');

/** Is the one shown path the other, or does it stand below it? */
export const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);

const longest = 60;
const secrets = new Set(['secret', 'password', 'passphrase', 'token', 'keys']);

/** What a message may say of the value at a path. */
export const showFound = (tree: Tree, path: Path): string => {
  const node = nodeAt(tree, path);
  if (node === null) return 'nothing';
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.template !== null) return node.template;
  if (path.some((part) => secrets.has(String(part)))) return 'a secret';
  // A header may well be one.
  // A password may stand anywhere in what was meant as an address.
  if (path[0] === 'state') return 'a value that is not shown';
  if (path.includes('headers') && path.includes('set')) return 'a value that is not shown';
  if (node.value === null) return 'nothing';
  // JSON has no word for these, and would say null.
  if (typeof node.value === 'number' && !Number.isFinite(node.value)) return String(node.value);
  // A misplaced URL may carry a password.
  const shown = JSON.stringify(node.value).replace(/\/\/[^/@\s]*@/, '//…@');
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
};

export const didYouMean = (name: string | null): string =>
  name === null ? '' : `; did you mean ${JSON.stringify(name)}?`;

/** In file order, so that one reads them from top to bottom. */
export const sortProblems = (problems: readonly Problem[], files: readonly string[]): readonly Problem[] =>
  problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column);
