// One YAML text → a tree whose every value knows its line and column. Everything YAML itself finds wrong becomes a problem.
import { Alias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, ParsedNode } from 'yaml';
import type { Problem } from '../events.ts';
import { problemHere } from './problem.ts';
import { substitute } from './substitute.ts';
import type { Env } from './substitute.ts';
import { emptyMap } from './tree.ts';
import type { Entry, MapTree, Path, Place, Scalar, Tree } from './tree.ts';

export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface ParsedFile {
  readonly tree: MapTree;
  /** It is no YAML, so nothing can be said about what it holds. */
  readonly isBroken: boolean;
  readonly problems: readonly Problem[];
}

/** One slip of a bracket makes YAML complain of every line after it. */
const complaintLimit = 20;

/** Aliases let ten lines unfold into billions of values. */
const aliasLimit = 100;

export const parseFile = (source: Source, env: Env): ParsedFile => {
  const reader = new Reader(source.file, env);
  try {
    return { tree: reader.read(source.text), isBroken: reader.isBroken, problems: reader.problems };
  } catch (error) {
    // Thousands of nested brackets end in a RangeError; the gateway must outlive any file.
    const why = error instanceof RangeError ? 'it is nested too deeply' : String(error);
    const place = { file: source.file, line: 1, column: 1 };
    return {
      tree: emptyMap(place),
      isBroken: true,
      problems: [problemHere(place, [], `cannot be read as YAML: ${why}`)],
    };
  }
};

class Reader {
  readonly problems: Problem[] = [];
  isBroken = false;
  readonly #lines = new LineCounter();
  readonly #file: string;
  readonly #env: Env;
  #document: Document.Parsed | null = null;
  #aliases = 0;

  constructor(file: string, env: Env) {
    this.#file = file;
    this.#env = env;
  }

  read(text: string): MapTree {
    if (text.includes('\0')) {
      this.isBroken = true;
      this.#report(this.#place(0), [], 'found text that is not UTF-8, perhaps UTF-16; save it as UTF-8');
      return emptyMap(this.#place(0));
    }
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    this.#document = document;
    const start = this.#place(0);
    const complaints = [...document.errors, ...document.warnings];
    for (const { pos, code, message } of complaints.slice(0, complaintLimit)) {
      this.#report(this.#place(pos[0]), [], inOurWords(code, text.slice(pos[0])) ?? message + hint(text, pos[0]));
    }
    if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
      this.#report(start, [], 'is read as YAML 1.2; remove the %YAML directive');
    }
    this.isBroken = document.errors.length > 0;
    if (this.isBroken || document.contents === null) return emptyMap(start);
    const tree = this.#tree(document.contents, []);
    if (tree?.kind === 'map') return tree;
    if (tree?.kind !== 'scalar' || tree.value !== null) {
      this.isBroken = true;
      this.#report(start, [], 'found no settings; expected version, gateway, destinations, routes');
    }
    return emptyMap(start);
  }

  /** Null: nothing is said here. */
  #tree(node: ParsedNode | null, path: Path): Tree | null {
    if (node === null) return null;
    const at = this.#place(node.range[0]);
    if (isMap<ParsedNode, ParsedNode | null>(node))
      return { kind: 'map', at, entries: this.#entries(node.items, path) };
    if (isSeq<ParsedNode>(node)) {
      const items: Tree[] = [];
      for (const item of node.items) {
        const tree = this.#tree(item, [...path, items.length]);
        if (tree !== null) items.push(tree);
      }
      return { kind: 'list', at, items };
    }
    if (node instanceof Alias) return this.#alias(node, path);
    return this.#scalar(node.value, node.source ?? '', { at, path });
  }

  #entries(items: readonly { key: ParsedNode; value: ParsedNode | null }[], path: Path): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { key, value } of items) {
      const place = this.#place(key.range[0]);
      const name = isScalar(key) ? key.source : null;
      if (name === null || name === '__proto__') {
        this.#report(place, path, 'found a key that cannot be one; expected a name');
        continue;
      }
      const node =
        value === null
          ? ({ kind: 'scalar', at: place, value: null, template: null } as const)
          : this.#tree(value, [...path, name]);
      if (node !== null) entries.set(name, { key: place, node });
    }
    return entries;
  }

  #alias(node: Alias.Parsed, path: Path): Tree | null {
    const target = this.#document === null ? undefined : node.resolve(this.#document);
    if (target === undefined || ++this.#aliases > aliasLimit) {
      this.#report(
        this.#place(node.range[0]),
        path,
        `found more than ${aliasLimit} aliases, or one that refers to nothing`,
      );
      return null;
    }
    return this.#tree(target as ParsedNode, path);
  }

  #scalar(value: unknown, source: string, { at, path }: { at: Place; path: Path }): Tree | null {
    if (typeof value !== 'string') return { kind: 'scalar', at, value: value as Scalar, template: null };
    const done = substitute(value, this.#env);
    if (done.is === 'as-written') return { kind: 'scalar', at, value, template: null };
    if (done.is === 'failed') {
      this.#report(at, path, done.why);
      return null;
    }
    // `${NAME:-}` with nothing in NAME: as if the line were not there.
    return done.text === '' ? null : { kind: 'scalar', at, value: done.text, template: source };
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #report(place: Place, path: Path, message: string): void {
    this.problems.push(problemHere(place, path, message));
  }
}

/** Where the parser speaks to those who program with it, or does not say of what. `rest`: the text from there. */
const inOurWords = (code: string, rest: string): string | null => {
  if (code === 'MULTIPLE_DOCS') return 'found a second document; expected one, without `---` between its parts';
  if (code !== 'DUPLICATE_KEY') return null;
  const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^:\n]*)/.exec(rest)?.[0] ?? '';
  return `found the key ${key} a second time in this map; expected each once: rename one, or join the two`;
};

/** `{ secret: ${NAME} }` is no YAML: the inner braces end the outer ones. */
const hint = (text: string, offset: number): string => {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end === -1 ? undefined : end);
  const reference = line.indexOf('${');
  const isBareInFlow =
    reference > 0 && /[{[]/.test(line.slice(0, reference)) && !/["']/.test(line[reference - 1] ?? '');
  return isBareInFlow ? ' (inside { } and [ ] write "${NAME}" in quotes)' : '';
};
