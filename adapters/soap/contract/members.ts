// Members of JSON objects: own properties only, nothing that the schema does not name.
import { escapeAttribute } from './escape.ts';
import { below, kindOf, Misfit } from './misfit.ts';
import { textCodec } from './simple.ts';
import type { Json } from '../../adapter.ts';
import type { QName } from './qname.ts';
import type { Attribute } from './types.ts';

export type JsonObject = { readonly [key: string]: Json };

export const objectOf = (json: Json | undefined): JsonObject => {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new Misfit(`${kindOf(json)}; expected an object`);
};

/** Throws Misfit at the first member that is not known. Members that are undefined, as handlers make them, are not there. */
export const checkKeys = (object: JsonObject, known: readonly string[]): void => {
  for (const key of Object.keys(object)) {
    if (known.includes(key) || object[key] === undefined) continue;
    const expected = known.length === 0 ? 'none' : known.slice(0, 20).join(', ');
    throw below(new Misfit(`a member that the schema does not have; expected ${expected}`), key.slice(0, 60));
  }
};

/** An element may be named `__proto__`: assigning that would make no member. */
export const setMember = (into: Record<string, Json>, key: string, value: Json): void => {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
};

/** Writes the `$attributes` of an object, in schema order, each with a blank before it. */
export const attributesWriter = (
  declared: readonly Attribute[],
  nameOf: (name: QName) => string,
): ((object: JsonObject) => string) => {
  const uses = declared.map((each) => ({ ...each, codec: textCodec(each.type), name: nameOf(each.name) }));
  const known = uses.map((each) => each.key);
  const write = (values: JsonObject): string => {
    let out = '';
    for (const use of uses) {
      const value = Object.hasOwn(values, use.key) ? values[use.key] : undefined;
      if (value === undefined) {
        if (use.required) throw below(new Misfit('missing, but required'), use.key);
        continue;
      }
      try {
        out += ` ${use.name}="${escapeAttribute(use.codec.write(value))}"`;
      } catch (error) {
        throw below(error, use.key);
      }
    }
    checkKeys(values, known);
    return out;
  };
  return (object) => {
    try {
      return write(Object.hasOwn(object, '$attributes') ? objectOf(object['$attributes']) : {});
    } catch (error) {
      throw below(error, '$attributes');
    }
  };
};
