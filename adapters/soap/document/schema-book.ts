// Types of a contract as JSON Schema, each under a name of its own that others refer to: recursion is no matter then.
import { setMember } from '../contract/members.ts';
import { expanded } from '../contract/qname.ts';
import { listItem } from '../contract/types.ts';
import { anyOf, objectSchema, orNull } from './json-schema.ts';
import { simpleSchema } from './simple-schema.ts';
import type { Declared } from '../contract/reader.ts';
import type { Attribute, Choice, ComplexType, Member, SchemaType, SimpleType } from '../contract/types.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Json } from '../../adapter.ts';

export interface BookSettings {
  /** Where named schemas stand: `#/$defs/` or `#/components/schemas/`. */
  readonly home: string;
  /** Tells by `discriminator` (OpenAPI) which derived type a value is of. */
  readonly discriminator: boolean;
}

/** The member that names a derived type. */
interface Label {
  readonly value: string;
  readonly required: boolean;
}

/** Schemas of one document, in the order they were first asked for. */
export class SchemaBook {
  readonly #settings: BookSettings;
  readonly #named: Record<string, JsonSchema> = {};
  readonly #names = new Map<SchemaType, string>();
  readonly #taken = new Set<string>();

  constructor(settings: BookSettings) {
    this.#settings = settings;
  }

  get named(): Readonly<Record<string, JsonSchema>> {
    return this.#named;
  }

  /** Takes a name, or one like it where it is taken, and gives it this schema. */
  add(wanted: string, schema: JsonSchema): JsonSchema {
    const name = this.#free(wanted);
    this.#named[name] = schema;
    return this.#reference(name);
  }

  /** Value of an element. `hint` names a type that has no name. */
  element({ type, nillable }: Declared, hint: string): JsonSchema {
    const own = this.#type(type, hint);
    if (!nillable) return own;
    const isPlain = type.kind === 'simple' || type.attributes.length === 0;
    if (isPlain) return orNull(own);
    const nil: [string, JsonSchema][] = [
      ['$nil', { const: true }],
      ['$attributes', this.#attributes(type.attributes)],
    ];
    const required = type.attributes.some((each) => each.required) ? ['$nil', '$attributes'] : ['$nil'];
    const withAttributes = objectSchema({ properties: nil, required });
    return anyOf([own, withAttributes, ...(required.length > 1 ? [] : [{ type: 'null' }])]);
  }

  /** An object of the type's members, also where the type looks like a list. */
  members(type: ComplexType): JsonSchema {
    return this.#object(type, null);
  }

  /** Elements of one name, as often as they may stand there. */
  list(member: Member, min: number): JsonSchema {
    return {
      type: 'array',
      items: this.element(member, member.name.local),
      ...(min > 0 ? { minItems: min } : {}),
      ...(member.max < Infinity ? { maxItems: member.max } : {}),
    };
  }

  #type(type: SchemaType, hint: string): JsonSchema {
    if (type.kind === 'simple') return this.#simple(type);
    const known = this.#names.get(type);
    if (known !== undefined) return this.#reference(known);
    const name = this.#claim(type, type.name?.local ?? hint);
    const item = listItem(type);
    if (item !== null) this.#named[name] = this.list(item, item.min);
    else this.#named[name] = type.derived.size > 0 ? this.#union(type, name) : this.#object(type, null);
    return this.#reference(name);
  }

  /** Types that a schema names and narrows are worth a name; builtins and fixed values are not. */
  #simple(type: SimpleType): JsonSchema {
    const schema = simpleSchema(type);
    const isOwn = type.name !== null && type.name.local !== type.builtin && type.facets.length > 0;
    if (!isOwn || type.name === null) return schema;
    const known = this.#names.get(type);
    const name = known ?? this.#claim(type, type.name.local);
    this.#named[name] = schema;
    return this.#reference(name);
  }

  /** One schema for each type that may stand there, told apart by `$type`. */
  #union(declared: ComplexType, name: string): JsonSchema {
    const home = declared.name?.ns ?? '';
    const mapping: Record<string, Json> = {};
    const branches: JsonSchema[] = [];
    for (const type of [declared, ...declared.derived.values()]) {
      if (type.abstract || type.name === null) continue;
      const value = type.name.ns === home ? type.name.local : expanded(type.name);
      const branch = this.#free(`${name}.${type.name.local}`);
      // Named before it is filled: it may contain itself.
      this.#named[branch] = {};
      this.#named[branch] = this.#object(type, { value, required: type !== declared });
      branches.push(this.#reference(branch));
      setMember(mapping, value, `${this.#settings.home}${branch}`);
    }
    if (branches.length === 0) return { not: {} };
    const discriminator = { propertyName: '$type', mapping };
    return { oneOf: branches, ...(this.#settings.discriminator ? { discriminator } : {}) };
  }

  #object(type: ComplexType, label: Label | null): JsonSchema {
    const properties: [string, JsonSchema][] = [];
    const required: string[] = [];
    const add = (key: string, schema: JsonSchema, isRequired: boolean): void => {
      properties.push([key, schema]);
      if (isRequired) required.push(key);
    };
    if (label !== null) add('$type', { const: label.value }, label.required);
    if (type.attributes.length > 0) {
      const isRequired = type.attributes.some((each) => each.required);
      add('$attributes', this.#attributes(type.attributes), isRequired);
    }
    const choices: Choice[] = [];
    if (type.content.is === 'text') add('$value', this.#simple(type.content.type), true);
    else {
      for (const slot of type.content.slots) {
        if (slot.is === 'member') add(slot.key, this.#member(slot, slot.min), slot.min > 0);
        else {
          choices.push(slot);
          for (const branch of slot.branches) add(branch.key, this.#member(branch, Math.max(1, branch.min)), false);
        }
      }
    }
    const schema = objectSchema({ properties, required });
    const [first, ...more] = choices.map(choiceSchema);
    if (first === undefined) return schema;
    return more.length === 0 ? { ...schema, ...first } : { ...schema, allOf: [first, ...more] };
  }

  #member(member: Member, min: number): JsonSchema {
    return member.max > 1 ? this.list(member, min) : this.element(member, member.name.local);
  }

  #attributes(attributes: readonly Attribute[]): JsonSchema {
    return objectSchema({
      properties: attributes.map((each) => [each.key, this.#simple(each.type)]),
      required: attributes.filter((each) => each.required).map((each) => each.key),
    });
  }

  #claim(type: SchemaType, wanted: string): string {
    const name = this.#free(wanted);
    this.#names.set(type, name);
    this.#named[name] = {};
    return name;
  }

  #free(wanted: string): string {
    const base = wanted.replaceAll(/[^A-Za-z0-9._-]/g, '_');
    let name = base;
    // Without case: names become files, and some file systems do not tell `a` from `A`.
    for (let count = 2; this.#taken.has(name.toLowerCase()); count += 1) name = `${base}_${count}`;
    this.#taken.add(name.toLowerCase());
    return name;
  }

  #reference(name: string): JsonSchema {
    return { $ref: `${this.#settings.home}${name}` };
  }
}

/** Exactly one branch, or none where the choice may be left out. */
const choiceSchema = ({ branches, optional }: Choice): JsonSchema => {
  const taken = branches.map((branch): JsonSchema => ({ required: [branch.key] }));
  return { oneOf: optional ? [...taken, { not: { anyOf: taken } }] : taken };
};
