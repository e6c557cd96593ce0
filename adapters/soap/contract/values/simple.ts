// A simple type compiled to two functions: text → JSON, JSON → text.
import { facetCheck } from '../schema/facets.ts';
import { escapeText } from '../xml/escape.ts';
import { below, kindOf, Misfit } from './misfit.ts';
import { xmlnsNs } from '../xml/namespaces.ts';
import { normalise, scalar } from './scalars.ts';
import type { Json } from '../../../adapter.ts';
import { expanded } from '../xml/qname.ts';
import { usesNames } from '../schema/simple-types.ts';
import { qnameAt } from '../xml/xml.ts';
import type { QName } from '../xml/qname.ts';
import type { Scalar } from './scalars.ts';
import type { Scope } from '../xml/xml.ts';
import type { SimpleType } from '../schema/types.ts';

export interface TextCodec {
  /** Element text or attribute value as parsed; `scope` tells what prefixes stand for. Throws Misfit. */
  read(text: string, scope: Scope | null): Json;
  /** Lexical form, not escaped. Throws Misfit. */
  write(json: Json): string;
  /** Lexical form, escaped for element content. */
  writeEscaped(json: Json): string;
  /** For xs:QName alone, whose text needs a prefix of its own: the name. Throws Misfit. */
  readonly nameIn: ((json: Json) => QName) | null;
}

/** Throws for a type that is `unsupported`: those are found before anything is compiled. */
export const textCodec = (type: SimpleType): TextCodec => {
  if (usesNames(type)) return names;
  const codec =
    type.item !== null ? list(type, type.item) : type.union !== null ? union(type, type.union) : atomic(type);
  const plain = type.item === null && type.union === null && scalarOf(type).plain;
  const { write } = codec;
  const read = type.whenEmpty === null ? codec.read : defaulted(codec.read, type.whenEmpty);
  return { read, write, writeEscaped: plain ? write : (json) => escapeText(write(json)), nameIn: null };
};

interface Two {
  readonly read: (text: string) => Json;
  readonly write: (json: Json) => string;
}

/**
 * An empty element has the value of its declaration (XML Schema part 1 §3.3.4). Not where an empty text is a value, too: there .NET's
 * XmlSerializer writes and reads it as that, default or not, and passed on as it is each reader may take it as it always did.
 */
const defaulted = (read: Two['read'], value: string): Two['read'] =>
  takesEmpty(read) ? read : (text) => read(text === '' ? value : text);

const takesEmpty = (read: Two['read']): boolean => {
  try {
    read('');
    return true;
  } catch (error) {
    if (error instanceof Misfit) return false;
    throw error;
  }
};

const scalarOf = (type: SimpleType): Scalar => {
  const found = scalar(type.builtin);
  if (found === null) throw new Error(`no codec for xs:${type.builtin}`);
  return found;
};

const atomic = (type: SimpleType): Two => {
  const base = scalarOf(type);
  const { whiteSpace } = type;
  const check = facetCheck(type.facets, base);
  const narrower = whiteSpace !== base.whiteSpace;
  const read = (text: string): Json => base.read(normalise(text, whiteSpace));
  if (check === null && !narrower) return { read, write: (json) => base.write(json) };
  const sizeOf = (text: string): number => size(text, base.unit);
  const fits = (text: string): boolean => {
    try {
      check?.(text, () => sizeOf(text));
      return true;
    } catch {
      return false;
    }
  };
  return {
    read(raw) {
      const text = normalise(raw, whiteSpace);
      const json = base.read(text);
      check?.(text, () => sizeOf(text));
      return json;
    },
    write(json) {
      const text = base.write(json);
      if (narrower && normalise(text, whiteSpace) !== text) throw new Misfit('blanks that the type would lose');
      try {
        check?.(text, () => sizeOf(text));
        return text;
      } catch (error) {
        const other = base.others?.(text).find(fits);
        if (other === undefined) throw error;
        return other;
      }
    },
  };
};

// One value is read in one go, so that its size bounds how long everybody else waits.
const mostWords = 100_000;
const mostUnions = 10_000;

const checkCount = (count: number, most: number): void => {
  if (count > most) throw new Misfit(`${count} items in one value; expected at most ${most}`);
};

const list = (type: SimpleType, item: SimpleType): Two => {
  const most = item.union === null ? mostWords : mostUnions;
  const items = textCodec(item);
  const check = facetCheck(type.facets, { order: 'text' });
  return {
    read(raw) {
      const text = normalise(raw, 'collapse');
      const words = text === '' ? [] : text.split(' ');
      checkCount(words.length, most);
      check?.(text, () => words.length);
      const values: Json[] = [];
      try {
        for (const each of words) values.push(items.read(each, null));
      } catch (error) {
        throw below(error, values.length);
      }
      return values;
    },
    write(json) {
      if (!Array.isArray(json)) throw new Misfit(`${kindOf(json)}; expected a list`);
      checkCount(json.length, most);
      const words: string[] = [];
      try {
        for (const each of json as readonly Json[]) words.push(word(items.write(each)));
      } catch (error) {
        throw below(error, words.length);
      }
      const text = words.join(' ');
      check?.(text, () => words.length);
      return text;
    },
  };
};

/** Text as it stands, if it fits any branch; the first that it fits tells what its blanks mean. */
const union = (type: SimpleType, branches: readonly SimpleType[]): Two => {
  const tries = branches.map((branch) => ({ codec: textCodec(branch), whiteSpace: branch.whiteSpace }));
  // Where blanks mean the same to all, any branch will do: then what fitted last is tried first.
  const isAlike = branches.every((branch) => branch.whiteSpace === branches[0]?.whiteSpace);
  const check = facetCheck(type.facets, { order: 'text' });
  const fitting = (raw: string): string => {
    for (const [index, each] of tries.entries()) {
      const { codec, whiteSpace } = each;
      const text = normalise(raw, whiteSpace);
      try {
        codec.read(text, null);
      } catch (error) {
        if (error instanceof Misfit) continue;
        throw error;
      }
      check?.(text, () => text.length);
      if (isAlike && index > 0) {
        tries.splice(index, 1);
        tries.unshift(each);
      }
      return text;
    }
    throw new Misfit(`${kindOf(raw)}; expected a value of one of ${branches.length} types (xs:union)`);
  };
  return {
    read: fitting,
    write(json) {
      if (typeof json !== 'string') throw new Misfit(`${kindOf(json)}; expected a string`);
      if (fitting(json) !== json) throw new Misfit('blanks that the type would lose');
      return json;
    },
  };
};

const expandedText = /^(?:\{([^{}]+)\})?([^{}]+)$/;
const nameText = (text: string): Json => scalar('NCName')?.read(text) ?? text;

/** Names in JSON are `{namespace}local`, or `local` alone in no namespace. */
const names: TextCodec = {
  read(raw, scope) {
    const text = normalise(raw, 'collapse');
    const colon = text.indexOf(':');
    nameText(text.slice(colon + 1));
    if (colon >= 0) nameText(text.slice(0, colon));
    const name = qnameAt({ scope }, text);
    if (name === null) throw new Misfit('a name with a prefix that is not declared');
    return expanded(name);
  },
  write: () => {
    throw new Error('a name is written with its prefix');
  },
  writeEscaped: () => {
    throw new Error('a name is written with its prefix');
  },
  nameIn(json) {
    const found = typeof json === 'string' ? expandedText.exec(json) : null;
    if (found === null) throw new Misfit(`${kindOf(json)}; expected a name such as {namespace}local (xs:QName)`);
    const [, ns = '', local = ''] = found;
    if (ns === xmlnsNs) throw new Misfit('a name in the namespace of declarations, which no prefix may stand for');
    nameText(local);
    return { ns, local };
  },
};

/** An item of a list stands between blanks, so it has none and is not empty. */
const word = (text: string): string => {
  if (text === '' || /[ \t\n\r]/.test(text)) throw new Misfit('an item that is empty or has blanks in it');
  return text;
};

const size = (text: string, unit: Scalar['unit']): number => {
  if (unit === 'hex') return text.length / 2;
  if (unit === 'characters') return text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0);
  const bare = text.replace(/[ =]/g, '');
  return Math.floor((bare.length * 3) / 4);
};
