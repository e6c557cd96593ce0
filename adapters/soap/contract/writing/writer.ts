// JSON → XML by type: each type compiled once to functions over fixed start tags. Names come from the schema alone,
// text is always escaped, order is the schema's. Strict: what does not fit is an error, never left out or filled in.
import { attributeKeys, attributesWriter, checkKeys, objectOf } from '../reading/members.ts';
import { below, Misfit } from '../values/misfit.ts';
import { modelWriter } from './model-writer.ts';
import { xmlNs, xsdNs, xsiNs } from '../xml/namespaces.ts';
import { envelopePrefixes, instancePrefix, schemaPrefix } from './prefixes.ts';
import { expanded, sameName } from '../xml/qname.ts';
import { textCodec } from '../values/simple.ts';
import { writtenRaw } from '../xml/raw-xml.ts';
import { builtinType } from '../schema/simple-types.ts';
import {
  checkChoice,
  deepest,
  hasAttributes,
  isEmptyList,
  isKept,
  isNil,
  late,
  repeated,
  within,
  xmlAttribute,
} from './writing.ts';
import type { Entry, Write } from './writing.ts';
import { allows, leavesOf, listItem, membersOf, reasonAgainst } from '../schema/types.ts';
import { escapeAttribute } from '../xml/escape.ts';
import type { Around } from '../xml/raw-xml.ts';
import type { Declared } from '../reading/shapes.ts';
import type { QName } from '../xml/qname.ts';
import type { Json } from '../../../adapter.ts';
import type { JsonObject } from '../reading/members.ts';
import type { ComplexType, Member, SchemaType, SimpleType, Wildcard } from '../schema/types.ts';

/** Names that all messages of a contract share. */
export interface Vocabulary {
  readonly prefixes: ReadonlyMap<string, string>;
  /** What `$type` may name where any type may stand. */
  readonly types: ReadonlyMap<string, SchemaType>;
}

interface Body {
  /** Attributes for the start tag, each with a blank before it; null where the type has none. */
  readonly attributes: ((json: JsonObject) => string) | null;
  readonly content: Write;
}

const declareInstance = ` xmlns:${instancePrefix}="${xsiNs}"`;

/**
 * Writers for messages with one default namespace (null: none). Where types meet a namespace that the element around
 * them does not stand in, its start tag declares it: `<GetOrderResult xmlns:a="…" xmlns:i="…">`, as WCF does.
 */
export class Writers {
  readonly #prefixes: ReadonlyMap<string, string>;
  readonly #defaultNs: string | null;
  readonly #types: ReadonlyMap<string, SchemaType>;
  readonly #around: Around;
  readonly #bodies = new Map<SchemaType, Body>();

  constructor({ prefixes, types }: Vocabulary, defaultNs: string | null) {
    this.#prefixes = prefixes;
    this.#defaultNs = defaultNs;
    this.#types = types;
    this.#around = { prefixes: new Set([...prefixes.values(), schemaPrefix, ...envelopePrefixes]) };
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
    if (type.content.is === 'any') return this.#any(name, { nil, declarations });
    const kept = [type, ...type.derived.values()].some((each) => each.content.is === 'raw') ? this.#kept(name) : null;
    if (type.content.is === 'raw' && type.derived.size === 0) {
      return (json, depth) => (json === null ? nil() : this.#kept(name)(json, depth));
    }
    const own = this.#tagged(tag, this.#body(type), `${this.#namespaces(type, [name.ns])}${declarations}`);
    const derived = type.derived.size > 0 ? this.#derived(name, type, declarations) : null;
    const attributes = hasAttributes(type) ? attributesWriter(type, this.#attributeName) : null;
    const nilKeys = ['$nil', ...attributeKeys(type)];
    return (json, depth) => {
      // Without the attributes that the type requires, too: so XmlSerializer writes it, and reads it.
      if (json === null) return nil();
      if (kept !== null && isKept(json)) return kept(json, depth);
      if (attributes !== null && isNil(json)) {
        if (!nillable) nil();
        checkKeys(json, nilKeys);
        return `${nilTag}${this.#namespaces(type, [name.ns])}${attributes(json)}/>`;
      }
      return derived === null ? own(json, depth) : derived(json, depth, own);
    };
  }

  #simple(
    tag: string,
    type: SimpleType,
    { nil, declarations }: { nil: () => string; declarations: string },
    isTyped = false,
  ): Write {
    const codec = textCodec(type);
    const { nameIn } = codec;
    // A plain value says nothing of instances: no need to declare them.
    const open = `<${tag}${isTyped ? declarations : declarations.replace(declareInstance, '')}`;
    const start = `${open}>`;
    const end = `</${tag}>`;
    if (nameIn !== null) {
      return (json) => {
        if (json === null) return nil();
        const { ns, local } = nameIn(json);
        if (ns === xmlNs) return `${start}xml:${local}${end}`;
        return ns === '' ? start + local + end : `${open} xmlns:q1="${escapeAttribute(ns)}">q1:${local}${end}`;
      };
    }
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

  /** XML that the schema leaves open: the whole element. */
  #kept(name: QName): Write {
    return (json, depth) => {
      const object = objectOf(json);
      checkKeys(object, ['$xml']);
      if (!Object.hasOwn(object, '$xml')) throw below(new Misfit('missing, but required'), '$xml');
      try {
        const { name: found, text } = writtenRaw(object['$xml'] as Json, depth, this.#around);
        if (!sameName(found, name)) throw new Misfit(`the element ${expanded(found)}; expected ${expanded(name)}`);
        return text;
      } catch (error) {
        throw below(error, '$xml');
      }
    };
  }

  /** A value of any type: `$type` says which, or it is XML. */
  #any(name: QName, { nil, declarations }: { nil: () => string; declarations: string }): Write {
    const kept = this.#kept(name);
    const known = new Map<string, Write>();
    return (json, depth) => {
      if (json === null) return nil();
      const object = objectOf(json);
      if (isKept(object)) return kept(json, depth);
      const label = Object.hasOwn(object, '$type') ? object['$type'] : undefined;
      if (typeof label !== 'string') throw new Misfit('no $type and no $xml; expected {"$type":…} or {"$xml":"…"}');
      const write = known.get(label) ?? this.#standIn(name, label, declarations);
      if (write === null) throw below(new Misfit('not a type of the contract'), '$type');
      known.set(label, write);
      return write(json, depth);
    };
  }

  #standIn(name: QName, label: string, declarations: string): Write | null {
    const isBuiltin = label.startsWith('xs:');
    const type = isBuiltin ? builtinType({ ns: xsdNs, local: label.slice(3) }, '') : (this.#types.get(label) ?? null);
    if (type === null || type.name === null || reasonAgainst(type) !== null) return null;
    if (type.kind === 'complex' && (type.abstract || type.content.is === 'raw' || type.content.is === 'any'))
      return null;
    const prefix = isBuiltin ? schemaPrefix : this.#prefix(type.name.ns);
    const needed = isBuiltin ? ` xmlns:${schemaPrefix}="${xsdNs}"` : '';
    const instance = ` ${instancePrefix}:type="${type.name.ns === '' ? '' : `${prefix}:`}${type.name.local}"`;
    const tag = this.#tag(name);
    if (type.kind === 'simple' || listItem(type) !== null) {
      const own = isBuiltin || type.name.ns === '' ? needed : this.#declaration(type.name.ns);
      const start = `${declarations}${own}${instance}`;
      const nil = (): string => {
        throw new Misfit('null; expected a value');
      };
      const write =
        type.kind === 'simple'
          ? this.#simple(tag, type, { nil, declarations: start }, true)
          : this.#tagged(tag, this.#body(type), start + this.#namespaces(type, [name.ns, type.name.ns]));
      return (json, depth) => {
        const object = objectOf(json);
        checkKeys(object, ['$type', '$value']);
        const value = Object.hasOwn(object, '$value') ? object['$value'] : undefined;
        if (value === undefined) throw below(new Misfit('missing, but required'), '$value');
        try {
          return write(value, depth);
        } catch (error) {
          throw below(error, '$value');
        }
      };
    }
    const namespaces = this.#namespaces(type, [name.ns], type.name.ns);
    return this.#tagged(tag, this.#typedBody(type), `${declarations}${namespaces}${instance}`);
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
      if (type.name === null || type.abstract || type.content.is === 'raw') return;
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
    const attributes = hasAttributes(type) ? attributesWriter(type, this.#attributeName) : null;
    const content = late(() => this.#content(type, [...also, ...attributeKeys(type)]));
    return { attributes, content };
  }

  #content(type: ComplexType, also: readonly string[]): Write {
    if (type.content.is === 'members') return this.#members(type, '', also);
    if (type.content.is !== 'text') throw new Error('XML that stays XML has no members');
    const codec = textCodec(type.content.type);
    const known = ['$value', ...also];
    return (json) => {
      const object = objectOf(json);
      checkKeys(object, known);
      const value = Object.hasOwn(object, '$value') ? object['$value'] : undefined;
      if (value === undefined) throw below(new Misfit('missing, but required'), '$value');
      try {
        if (codec.nameIn !== null) throw new Misfit('a name beside attributes, which is not written');
        return codec.writeEscaped(value);
      } catch (error) {
        throw below(error, '$value');
      }
    };
  }

  #members(type: ComplexType, declarations: string, also: readonly string[] = []): Write {
    const { content } = type;
    if (content.is !== 'members') throw new Error('XML that stays XML has no members');
    const leaf = (particle: Member | Wildcard): Write => this.#leaf(particle, declarations);
    if (!content.flat) return modelWriter(content.model, leaf, also);
    const entries = leavesOf(content.model).map((particle) =>
      this.#entry(particle, content.slots.includes(particle), declarations),
    );
    const choices = content.slots.filter((slot) => slot.is === 'choice');
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

  /** All occurrences of a member, or of what the schema does not name. */
  #leaf(particle: Member | Wildcard, declarations: string): Write {
    if (particle.is === 'any') return repeated(particle, this.#wild(particle));
    const one = this.#element(particle.name, particle, declarations);
    return particle.max > 1 ? repeated(particle, one) : one;
  }

  #wild({ namespaces }: Wildcard): Write {
    return (json, depth) => {
      const { name, text } = writtenRaw(json, depth, this.#around);
      if (!allows(namespaces, name.ns))
        throw new Misfit(`the element ${expanded(name)}, which the schema does not let in`);
      return text;
    };
  }

  #entry(particle: Member | Wildcard, isSlot: boolean, declarations: string): Entry {
    const all = this.#leaf(particle, declarations);
    const base = { key: particle.key, required: particle.min > 0 && isSlot };
    // An empty list is a branch not taken, whatever the branch asks for once it is.
    const write: Write = (json, depth) => (isEmptyList(json) ? '' : all(json, depth));
    return { ...base, write: particle.max > 1 && !isSlot ? write : all };
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
