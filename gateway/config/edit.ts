// FLIP writes one number into the file: one line changes, and comments, layout and line ends stay as people left them.
// yaml's own printer would indent and space the whole file anew, so the text is cut at the node's range.
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, parseDocument } from 'yaml';
import type { Pair, ParsedNode, YAMLMap } from 'yaml';

export interface Edited {
  readonly text: string;
  /** The weight as it was written; null where there was none. */
  readonly before: string | null;
  /** The line that changed, or was added; from 1. */
  readonly line: number;
}

/** The text has no place for the number that an edit of one line could reach; the message says why. */
export class EditError extends Error {
  readonly code = 'ERR_EDIT';
  constructor(message: string) {
    super(message);
    this.name = 'EditError';
  }
}

/**
 * Sets `weight` of one operation, or with null of the route itself. An operation that the route does not name is added.
 * `weight` is a percentage, 0–100 with at most two decimals. Throws EditError.
 */
export const editWeight = (text: string, route: string, operation: string | null, weight: string | number): Edited => {
  const path = operation === null ? ['routes', route, 'weight'] : ['routes', route, 'operations', operation, 'weight'];
  const value = percent(weight);
  const { at, end, insert } = cut(text, path, value);
  const edited = text.slice(0, at) + insert + text.slice(end);
  verify(text, edited, { path, value });
  const line = text.slice(0, at).split('\n').length + (insert.includes('\n') ? 1 : 0);
  return { text: edited, before: end > at && !insert.includes('{') ? unquoted(text.slice(at, end)) : null, line };
};

const percent = (weight: string | number): string => {
  const said = String(weight).trim();
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(said) || Number(said) > 100) {
    throw new EditError(`found ${said}, expected a number from 0 to 100 with at most two decimals`);
  }
  return String(Number(said));
};

interface Cut {
  readonly at: number;
  readonly end: number;
  readonly insert: string;
}

type Holder = YAMLMap.Parsed;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** Goes down the path as far as the text goes, and says what has to change there. */
const cut = (text: string, path: readonly string[], value: string): Cut => {
  const document = parseDocument(text, { prettyErrors: false, version: '1.2' });
  if (document.errors.length > 0) throw new EditError('the file is no valid YAML; mend it first');
  let node: ParsedNode | null = document.contents;
  let pair: ParsedPair | null = null;
  for (const [depth, name] of path.entries()) {
    refuseShared(node, path.slice(0, depth));
    if (!isMap<ParsedNode, ParsedNode | null>(node)) break;
    const found: ParsedPair | undefined = node.items.find(({ key }) => isScalar(key) && key.source === name);
    if (found === undefined) {
      if (depth < 2) throw new EditError(`route ${path[1]} is not in this file`);
      if (depth === 3 && node.items.some(({ key }) => isScalar(key) && key.source === 'from')) {
        throw new EditError(`route ${path[1]} takes its operations from another route; flip that one`);
      }
      return insertPair(text, { holder: node, pair }, nested(path.slice(depth), value));
    }
    [pair, node] = [found, found.value];
    if (depth === path.length - 1) return replaceValue(text, found, value);
    if (isNothing(node)) {
      if (depth < 1) break;
      return replaceValue(text, found, `{ ${nested(path.slice(depth + 1), value)} }`);
    }
  }
  throw new EditError(`${path.join('.')}: there is no map to put it in`);
};

/** An edit of what an alias repeats would change more than was asked for. */
const refuseShared = (node: ParsedNode | null, path: readonly string[]): void => {
  if (isAlias(node) || (node !== null && 'anchor' in node && node.anchor !== undefined)) {
    throw new EditError(`${path.join('.')} is shared by an anchor and its aliases; edit it by hand`);
  }
};

const isNothing = (node: ParsedNode | null): boolean => node === null || (isScalar(node) && node.value === null);

/** `operations: { GetOrder: { weight: 25 } }` from as many names as are missing. */
const nested = ([name = '', ...rest]: readonly string[], value: string): string =>
  `${quoted(name)}: ${rest.length === 0 ? value : `{ ${nested(rest, value)} }`}`;

const quoted = (name: string): string => (/^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name));
const unquoted = (source: string): string => source.replace(/^(["'])(.*)\1$/s, '$2');

const replaceValue = (text: string, { key, value }: ParsedPair, insert: string): Cut => {
  if (isAlias(value)) return { at: value.range[0], end: value.range[1], insert };
  refuseShared(value, [text.slice(key.range[0], key.range[1])]);
  if (value !== null && value.range[1] > value.range[0]) {
    if (!isScalar(value)) throw new EditError(`${text.slice(key.range[0], key.range[1])} is no number`);
    return { at: value.range[0], end: value.range[1], insert };
  }
  const colon = /^[ \t]*:/.exec(text.slice(key.range[1]))?.[0];
  const at = key.range[1] + (colon?.length ?? 0);
  // In a flow map a name may stand alone: `{ GetOrder, PlaceOrder }`.
  return { at, end: at, insert: colon === undefined ? `: ${insert}` : ` ${insert}` };
};

/** In a flow map first of all; in a block map on a line of its own below the map's name. */
const insertPair = (text: string, { holder, pair }: { holder: Holder; pair: ParsedPair | null }, said: string): Cut => {
  const [start, end] = holder.range;
  if (holder.flow === true) {
    const isEmpty = /^\{[ \t]*\}$/.test(text.slice(start, end));
    return isEmpty ? { at: start, end, insert: `{ ${said} }` } : { at: start + 1, end: start + 1, insert: ` ${said},` };
  }
  const first = holder.items[0]?.key.range[0];
  const key = pair?.key.range[1];
  if (first === undefined || key === undefined || !/^[ \t]*:/.test(text.slice(key))) {
    throw new EditError('the file is laid out in a way that one line cannot be added to; edit it by hand');
  }
  const newline = text.indexOf('\n', key);
  const at = text[newline - 1] === '\r' ? newline - 1 : newline;
  const indent = ' '.repeat(first - (text.lastIndexOf('\n', first) + 1));
  return { at, end: at, insert: `${text.slice(at, newline + 1)}${indent}${said}` };
};

/** A file that people depend on: better no flip than a wrong one. */
const verify = (before: string, after: string, { path, value }: { path: readonly string[]; value: string }): void => {
  const wanted = values(before);
  let holder = wanted;
  for (const name of path.slice(0, -1)) {
    const below = holder[name];
    holder = holder[name] = isValues(below) ? below : {};
  }
  holder['weight'] = value;
  if (!isDeepStrictEqual(wanted, values(after))) {
    throw new EditError('the file is laid out in a way that one line cannot be changed alone; edit it by hand');
  }
};

type Values = Record<string, unknown>;
const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null;

const values = (text: string): Values => {
  const document = parseDocument(text, { prettyErrors: false, version: '1.2', schema: 'failsafe' });
  // Failsafe: all scalars stay text, so that what is spelt otherwise is not equal.
  const all = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1000 }))) as Values;
  return document.errors.length > 0 ? {} : all;
};
