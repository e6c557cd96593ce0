// JSON → XML by type: each type compiled once to functions over fixed start tags. Names come from the schema alone,
// text is always escaped, order is the schema's. Strict: what does not fit is an error, never left out or filled in.
import { attributesWriter, checkKeys, objectOf } from './members.ts';
import { below, kindOf, Misfit } from './misfit.ts';
import { xsiNs } from './namespaces.ts';
import { instancePrefix } from './prefixes.ts';
import { expanded } from './qname.ts';
import { textCodec } from './simple.ts';
import { listItem, membersOf } from './types.ts';
import type { Declared } from './reader.ts';
import type { QName } from './qname.ts';
import type { Json } from '../../adapter.ts';
import type { JsonObject } from './members.ts';
import type { Choice, ComplexType, Member, SchemaType, SimpleType } from './types.ts';

/** A value as an element, tags included. `depth` is how many values it stands in. Throws Misfit. */
export type Write = (json: Json, depth: number) => string;

interface Body {
  /** Attributes for the start tag, each with a blank before it; null where the type has none. */
  readonly attributes: ((json: JsonObject) => string) | null;
  readonly content: Write;
}

interface Entry {
  readonly key: string;
  readonly required: boolean;
  readonly repeated: boolean;
  readonly write: Write;
}

// Deeper than anything the reader lets in; handlers may hand over values that contain themselves.
const deepest = 120;
const declareInstance = ` xmlns:${instancePrefix}="${xsiNs}"`;

/**
 * Writers for messages with one default namespace (null: none). Where types meet a namespace that the element around
 * them does not stand in, its start tag declares it: `<GetOrderResult xmlns:a="…" xmlns:i="…">`, as WCF does.
 */
export class Writers {
  readonly #prefixes: ReadonlyMap<string, string>;
  readonly #defaultNs: string | null;
  readonly #bodies = new Map<SchemaType, Body>();

  constructor(prefixes: ReadonlyMap<string, string>, defaultNs: string | null) {
    this.#prefixes = prefixes;
    this.#defaultNs = defaultNs;
  }

  /** The outermost element of a message, not wrapped: it declares its own namespace and `xsi`. */
  root(name: QName, declared: Declared): Write {
    return this.#element(name, declared, `${this.#declareRoot(name)}${declareInstance}`);
  }

  /** The wrapper of an operation: always an object of its members, each of which declares `xsi` where it needs it. */
  wrapper(name: QName, type: ComplexType): Write {
    const content = this.#members(type, declareInstance);
    const tag = this.#tag(name);
    const outside = this.#namespaces(type, [name.ns]);
    const open = `<${tag}${this.#declareRoot(name)}${outside}`;
    return (json, depth) => {
      const inner = content(json, depth + 1);
      return inner === '' ? `${open}/>` : `${open}>${inner}</${tag}>`;
    };
  }

  #declareRoot(name: QName): string {
    if (name.ns === '') return '';
    return name.ns === this.#defaultNs ? ` xmlns="${xmlAttribute(name.ns)}"` : this.#declaration(name.ns);
  }

  #element(name: QName, declared: Declared, declarations: string): Write {
    const { type, nillable } = declared;
    const tag = this.#tag(name);
    const nilTag = `<${tag}${declarations} ${instancePrefix}:nil="true"`;
    const nil = (): string => {
      if (!nillable) throw new Misfit('null, but the element is not nillable');
      return `${nilTag}/>`;
    };
    if (type.kind === 'simple') return this.#simple(tag, type, { nil, declarations });
    const own = this.#tagged(tag, this.#body(type), `${this.#namespaces(type, [name.ns])}${declarations}`);
    const derived = type.derived.size > 0 ? this.#derived(name, type, declarations) : null;
    const attributes = type.attributes.length > 0 ? attributesWriter(type.attributes, this.#attributeName) : null;
    const isBareNil = !type.attributes.some((each) => each.required);
    return (json, depth) => {
      if (json === null) {
        if (isBareNil) return nil();
        throw new Misfit('null, but attributes are required; expected {"$nil":true,"$attributes":{…}}');
      }
      if (attributes !== null && isNil(json)) {
        if (!nillable) nil();
        checkKeys(json, ['$nil', '$attributes']);
        return `${nilTag}${this.#namespaces(type, [name.ns])}${attributes(json)}/>`;
      }
      return derived === null ? own(json, depth) : derived(json, depth, own);
    };
  }

  #simple(tag: string, type: SimpleType, { nil, declarations }: { nil: () => string; declarations: string }): Write {
    const codec = textCodec(type);
    // A plain value says nothing of instances: no need to declare them.
    const open = `<${tag}${declarations.replace(declareInstance, '')}`;
    const start = `${open}>`;
    const end = `</${tag}>`;
    return (json) => {
      if (json === null) return nil();
      const text = codec.writeEscaped(json);
      return text === '' ? `${open}/>` : start + text + end;
    };
  }

  #tagged(tag: string, body: Body, declarations: string): Write {
    const open = `<${tag}${declarations}`;
    const start = `${open}>`;
    const end = `</${tag}>`;
    const { attributes, content } = body;
    if (attributes === null) {
      return (json, depth) => {
        const inner = content(json, depth + 1);
        return inner === '' ? `${open}/>` : start + inner + end;
      };
    }
    return (json, depth) => {
      const own = attributes(objectOf(json));
      const inner = content(json, depth + 1);
      return inner === '' ? `${open}${own}/>` : `${open}${own}>${inner}${end}`;
    };
  }

  /** By `$type`: the local name where it shares the declared type's namespace, else the expanded name. */
  #derived(
    name: QName,
    declared: ComplexType,
    declarations: string,
  ): (json: Json, depth: number, own: Write) => string {
    const writers = new Map<string, Write>();
    const home = declared.name?.ns ?? '';
    const add = (type: ComplexType): void => {
      if (type.name === null || type.abstract) return;
      const prefix = type.name.ns === '' ? '' : `${this.#prefix(type.name.ns)}:`;
      const instance = ` ${instancePrefix}:type="${prefix}${type.name.local}"`;
      const namespaces = this.#namespaces(type, [name.ns], type.name.ns);
      const write = this.#tagged(this.#tag(name), this.#typedBody(type), `${declarations}${instance}${namespaces}`);
      writers.set(type.name.ns === home ? type.name.local : expanded(type.name), write);
    };
    add(declared);
    for (const type of declared.derived.values()) add(type);
    return (json, depth, own) => {
      const object = objectOf(json);
      const label = Object.hasOwn(object, '$type') ? object['$type'] : undefined;
      if (label === undefined) {
        if (declared.abstract)
          throw new Misfit(`no $type, but the type is abstract; expected ${[...writers.keys()].join(', ')}`);
        return own(json, depth);
      }
      const write = typeof label === 'string' ? writers.get(label) : undefined;
      if (write === undefined)
        throw below(new Misfit(`not a type that may stand here; expected ${[...writers.keys()].join(', ')}`), '$type');
      return write(json, depth);
    };
  }

  #body(type: SchemaType): Body {
    const made = this.#bodies.get(type);
    if (made !== undefined) return made;
    if (type.kind === 'simple') throw new Error('a simple type has no body');
    const item = listItem(type);
    const body =
      item === null ? this.#objectBody(type, []) : { attributes: null, content: late(() => this.#list(item)) };
    this.#bodies.set(type, body);
    return body;
  }

  #typedBody(type: ComplexType): Body {
    return this.#objectBody(type, ['$type']);
  }

  #objectBody(type: ComplexType, also: readonly string[]): Body {
    const attributes = type.attributes.length > 0 ? attributesWriter(type.attributes, this.#attributeName) : null;
    const content = late(() => this.#content(type, attributes === null ? also : [...also, '$attributes']));
    return { attributes, content };
  }

  #content(type: ComplexType, also: readonly string[]): Write {
    if (type.content.is === 'members') return this.#members(type, '', also);
    const codec = textCodec(type.content.type);
    const known = ['$value', ...also];
    return (json) => {
      const object = objectOf(json);
      checkKeys(object, known);
      const value = Object.hasOwn(object, '$value') ? object['$value'] : undefined;
      if (value === undefined) throw below(new Misfit('missing, but required'), '$value');
      try {
        return codec.writeEscaped(value);
      } catch (error) {
        throw below(error, '$value');
      }
    };
  }

  #members(type: ComplexType, declarations: string, also: readonly string[] = []): Write {
    const entries = membersOf(type).map((member) => this.#entry(member, type, declarations));
    const choices = type.content.is === 'members' ? type.content.slots.filter((slot) => slot.is === 'choice') : [];
    const known = [...entries.map((entry) => entry.key), ...also];
    return (json, depth) => {
      const object = objectOf(json);
      if (depth > deepest) throw new Misfit(`deeper than ${deepest} levels`);
      let out = '';
      let found = 0;
      for (const entry of entries) {
        const value = Object.hasOwn(object, entry.key) ? object[entry.key] : undefined;
        if (value !== undefined) {
          found += 1;
          out += within(entry, value, depth);
        } else if (entry.required) throw below(new Misfit('missing, but required'), entry.key);
      }
      for (const choice of choices) checkChoice(choice, object);
      if (found !== Object.keys(object).length) checkKeys(object, known);
      return out;
    };
  }

  #entry(member: Member, parent: ComplexType, declarations: string): Entry {
    const one = this.#element(member.name, member, declarations);
    const inChoice = parent.content.is === 'members' && !parent.content.slots.includes(member);
    const base = { key: member.key, required: member.min > 0 && !inChoice, repeated: member.max > 1 };
    if (!base.repeated) return { ...base, write: one };
    const all = repeated(member, one);
    // An empty list is a branch not taken, whatever the branch asks for once it is.
    return { ...base, write: inChoice ? (json, depth) => (isEmptyList(json) ? '' : all(json, depth)) : all };
  }

  #list(item: Member): Write {
    const write = repeated(item, this.#element(item.name, item, ''));
    return (json, depth) => {
      if (depth > deepest) throw new Misfit(`deeper than ${deepest} levels`);
      return write(json, depth);
    };
  }

  /** Declarations that the content and attributes of a type need, beyond the namespaces that are declared already. */
  #namespaces(type: ComplexType, declared: readonly string[], ...more: readonly string[]): string {
    const needed = new Set<string>(more);
    for (const member of membersOf(type)) if (member.name.ns !== this.#defaultNs) needed.add(member.name.ns);
    for (const { name } of type.attributes) needed.add(name.ns);
    let out = '';
    for (const ns of needed) {
      const isOpen = declared.includes(ns) && ns !== this.#defaultNs;
      if (ns !== '' && !isOpen && this.#prefix(ns) !== 'xml') out += this.#declaration(ns);
    }
    return out;
  }

  #declaration(ns: string): string {
    return ` xmlns:${this.#prefix(ns)}="${xmlAttribute(ns)}"`;
  }

  #tag(name: QName): string {
    return name.ns === '' || name.ns === this.#defaultNs ? name.local : `${this.#prefix(name.ns)}:${name.local}`;
  }

  // Never by the default namespace, which attributes are not in.
  readonly #attributeName = (name: QName): string =>
    name.ns === '' ? name.local : `${this.#prefix(name.ns)}:${name.local}`;

  #prefix(ns: string): string {
    const prefix = this.#prefixes.get(ns);
    if (prefix === undefined) throw new Error(`no prefix for ${ns}`);
    return prefix;
  }
}

/** Compiled at the first call: types may be recursive. */
const late = (compile: () => Write): Write => {
  let compiled: Write | null = null;
  return (json, depth) => (compiled ??= compile())(json, depth);
};

const within = (entry: Entry, value: Json, depth: number): string => {
  try {
    return entry.write(value, depth);
  } catch (error) {
    throw below(error, entry.key);
  }
};

const repeated =
  ({ min, max }: Member, write: Write): Write =>
  (json, depth) => {
    if (!Array.isArray(json)) throw new Misfit(`${kindOf(json)}; expected a list`);
    const items: readonly Json[] = json;
    if (items.length < min || items.length > max) {
      throw new Misfit(`${items.length} items; expected ${min} to ${max === Infinity ? 'any number' : max}`);
    }
    let out = '';
    for (let index = 0; index < items.length; index += 1) {
      try {
        out += write(items[index] as Json, depth);
      } catch (error) {
        throw below(error, index);
      }
    }
    return out;
  };

const isEmptyList = (json: Json): boolean => Array.isArray(json) && json.length === 0;

const isNil = (json: Json): json is JsonObject =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, '$nil') && (json as JsonObject)['$nil'] === true;

/** An empty list is no branch taken: nothing of it would be written. */
const checkChoice = (choice: Choice, object: JsonObject): void => {
  const taken = choice.branches.filter(({ key }) => {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return value !== undefined && !isEmptyList(value);
  });
  const names = choice.branches.map((branch) => branch.key).join(', ');
  if (taken.length > 1) throw new Misfit(`${taken.map((each) => each.key).join(' and ')}; expected one of ${names}`);
  if (taken.length === 0 && !choice.optional) throw new Misfit(`none of ${names}; expected one`);
};

const xmlAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
