// A simple type compiled to two functions: text → JSON, JSON → text.
import { facetCheck } from './facets.ts';
import { escapeText } from './escape.ts';
import { below, kindOf, Misfit } from './misfit.ts';
import { normalise, scalar } from './scalars.ts';
import type { Json } from '../../adapter.ts';
import type { Scalar } from './scalars.ts';
import type { SimpleType } from './types.ts';

export interface TextCodec {
  /** Element text or attribute value as parsed. Throws Misfit. */
  read(text: string): Json;
  /** Lexical form, not escaped. Throws Misfit. */
  write(json: Json): string;
  /** Lexical form, escaped for element content. */
  writeEscaped(json: Json): string;
}

/** Throws for a type that is `unsupported`: those are found before anything is compiled. */
export const textCodec = (type: SimpleType): TextCodec => {
  const codec = type.item === null ? atomic(type) : list(type, type.item);
  const plain = type.item === null && scalarOf(type).plain;
  return { ...codec, writeEscaped: plain ? codec.write : (json) => escapeText(codec.write(json)) };
};

type Two = Pick<TextCodec, 'read' | 'write'>;

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
      check?.(text, () => sizeOf(text));
      return text;
    },
  };
};

const list = (type: SimpleType, item: SimpleType): Two => {
  const items = textCodec(item);
  const check = facetCheck(type.facets, { order: 'text' });
  return {
    read(raw) {
      const text = normalise(raw, 'collapse');
      const words = text === '' ? [] : text.split(' ');
      check?.(text, () => words.length);
      return words.map((word, index) => at(index, () => items.read(word)));
    },
    write(json) {
      if (!Array.isArray(json)) throw new Misfit(`${kindOf(json)}; expected a list`);
      const words = json.map((each: Json, index) => at(index, () => word(items.write(each))));
      const text = words.join(' ');
      check?.(text, () => words.length);
      return text;
    },
  };
};

/** An item of a list stands between blanks, so it has none and is not empty. */
const word = (text: string): string => {
  if (text === '' || /[ \t\n\r]/.test(text)) throw new Misfit('an item that is empty or has blanks in it');
  return text;
};

const at = <T>(index: number, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw below(error, index);
  }
};

const size = (text: string, unit: Scalar['unit']): number => {
  if (unit === 'hex') return text.length / 2;
  if (unit === 'characters') return text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0);
  const bare = text.replace(/[ =]/g, '');
  return Math.floor((bare.length * 3) / 4);
};
