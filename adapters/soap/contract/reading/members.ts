// Members of JSON objects: own properties only, nothing that the schema does not name.
import { escapeAttribute } from '../xml/escape.ts';
import { below, kindOf, Misfit } from '../values/misfit.ts';
import { xmlNs, xmlnsNs, xsiNs } from '../xml/namespaces.ts';
import { scalar } from '../values/scalars.ts';
import { textCodec } from '../values/simple.ts';
import { allows } from '../schema/types.ts';
import type { Json } from '../../../adapter.ts';
import type { QName } from '../xml/qname.ts';
import type { Attributes } from '../schema/attributes.ts';
import type { Namespaces } from '../schema/types.ts';

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

/** Writes the attributes of an object, in schema order, each with a blank before it; those that are not declared last. */
export const attributesWriter = (
  { attributes, anyAttribute }: Attributes,
  nameOf: (name: QName) => string,
): ((object: JsonObject) => string) => {
  const uses = attributes.map((each) => ({ ...each, codec: textCodec(each.type), name: nameOf(each.name) }));
  const beside = uses.filter((use) => use.beside);
  const inside = uses.filter((use) => !use.beside);
  const known = inside.map((each) => each.key);
  const declared = new Set(attributes.map((each) => `{${each.name.ns}}${each.name.local}`));
  const write = (values: JsonObject, among: typeof uses): string => {
    let out = '';
    for (const [index, use] of among.entries()) {
      const value = Object.hasOwn(values, use.key) ? values[use.key] : undefined;
      if (value === undefined) {
        if (use.required) throw below(new Misfit('missing, but required'), use.key);
        continue;
      }
      try {
        out +=
          use.codec.nameIn === null
            ? text(use.name, use.codec.write(value))
            : name(use.name, use.codec.nameIn(value), `q${index + 1}`);
      } catch (error) {
        throw below(error, use.key);
      }
    }
    return out;
  };
  const others = (values: JsonObject): string => {
    if (anyAttribute === null) checkKeys(values, known);
    else return foreign(values, { known, declared, namespaces: anyAttribute });
    return '';
  };
  return (object) => {
    const out = write(object, beside);
    try {
      const values = Object.hasOwn(object, '$attributes') ? objectOf(object['$attributes']) : {};
      return out + write(values, inside) + others(values);
    } catch (error) {
      throw below(error, '$attributes');
    }
  };
};

/** Keys that a type's attributes have beside its members. */
export const attributeKeys = ({ attributes, anyAttribute }: Attributes): readonly string[] => [
  ...attributes.filter((use) => use.beside).map((use) => use.key),
  ...(anyAttribute !== null || attributes.some((use) => !use.beside) ? ['$attributes'] : []),
];

const text = (name: string, value: string): string => ` ${name}="${escapeAttribute(value)}"`;

/** A name as value brings its own declaration. */
const name = (attribute: string, { ns, local }: QName, prefix: string): string =>
  ns === '' || ns === xmlNs
    ? ` ${attribute}="${ns === '' ? '' : 'xml:'}${local}"`
    : ` xmlns:${prefix}="${escapeAttribute(ns)}" ${attribute}="${prefix}:${local}"`;

const keyText = /^\{([^{}]*)\}([^{}]+)$/;

interface Wild {
  readonly known: readonly string[];
  readonly declared: ReadonlySet<string>;
  readonly namespaces: Namespaces;
}

const foreign = (values: JsonObject, { known, declared, namespaces }: Wild): string => {
  let out = '';
  let count = 0;
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (known.includes(key) || value === undefined) continue;
    const [, ns = '', local = ''] = keyText.exec(key) ?? [];
    try {
      if (local === '' || ns === xsiNs || ns === xmlnsNs || declared.has(key) || !allows(namespaces, ns)) {
        throw new Misfit('no attribute that the schema lets in; expected {namespace}name');
      }
      scalar('NCName')?.read(local);
      if (typeof value !== 'string') throw new Misfit(`${kindOf(value)}; expected a string`);
      if (ns === '' || ns === xmlNs) out += text(ns === '' ? local : `xml:${local}`, value);
      else {
        count += 1;
        out += ` xmlns:w${count}="${escapeAttribute(ns)}"${text(`w${count}:${local}`, value)}`;
      }
    } catch (error) {
      throw below(error, key.slice(0, 60));
    }
  }
  return out;
};
