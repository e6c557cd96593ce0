// Types of a contract as JSON Schema, each under a name of its own that others refer to: recursion is no matter then.
import { setMember } from '../contract/reading/members.ts';
import { expanded } from '../contract/xml/qname.ts';
import { leafSlots, listItem } from '../contract/schema/types.ts';
import { anyOf, objectSchema, orNull } from './json-schema.ts';
import { keptXml, openValue, xmlText } from './kept-schema.ts';
import { choiceRules, requiredKeys, withRules } from './presence.ts';
import { simpleSchema } from './simple-schema.ts';
import type { Declared } from '../contract/reading/shapes.ts';
import type {
  Attribute,
  ComplexType,
  Items,
  Member,
  SchemaType,
  SimpleType,
  Slot,
  Wildcard,
} from '../contract/schema/types.ts';
import type { JsonSchema, ObjectShape } from './json-schema.ts';
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
    const isPlain = type.kind === 'simple' || (type.attributes.length === 0 && type.anyAttribute === null);
    if (isPlain) return orNull(own);
    const nil = this.#attributes(type);
    const properties: ObjectShape['properties'] = [['$nil', { const: true }], ...nil.properties];
    const withAttributes = objectSchema({ properties, required: ['$nil', ...nil.required] });
    return anyOf([own, withAttributes, { type: 'null' }]);
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
    else if (type.content.is === 'any') this.#named[name] = openValue;
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
      if (type.abstract || type.name === null || type.content.is === 'raw') continue;
      const value = type.name.ns === home ? type.name.local : expanded(type.name);
      const branch = this.#free(`${name}.${type.name.local}`);
      // Named before it is filled: it may contain itself.
      this.#named[branch] = {};
      this.#named[branch] = this.#object(type, { value, required: type !== declared });
      branches.push(this.#reference(branch));
      setMember(mapping, value, `${this.#settings.home}${branch}`);
    }
    const isKept = [declared, ...declared.derived.values()].some(({ content }) => content.is === 'raw');
    if (isKept) return anyOf([...branches, keptXml]);
    if (branches.length === 0) return { not: {} };
    const discriminator = { propertyName: '$type', mapping };
    return { oneOf: branches, ...(this.#settings.discriminator ? { discriminator } : {}) };
  }

  #object(type: ComplexType, label: Label | null): JsonSchema {
    const { content } = type;
    if (content.is === 'raw') return keptXml;
    if (content.is === 'any') return openValue;
    const attributes = this.#attributes(type);
    const properties: (readonly [string, JsonSchema])[] = [];
    const required = [...attributes.required];
    if (label !== null) properties.push(['$type', { const: label.value }]);
    if (label?.required === true) required.unshift('$type');
    properties.push(...attributes.properties);
    if (content.is === 'members') return this.#slots(content.slots, { properties, required });
    properties.push(['$value', this.#simple(content.type)]);
    return objectSchema({ properties, required: [...required, '$value'] });
  }

  /** An object of these slots, and of what else it has. */
  #slots(slots: readonly Slot[], also: ObjectShape = { properties: [], required: [] }): JsonSchema {
    const inChoices = new Set<Slot>(leafSlots(slots.filter((slot) => slot.is === 'choice')));
    const own = leafSlots(slots).map((slot): [string, JsonSchema] => {
      // What is there of a choice is there: an empty list would be a branch not taken.
      const min = inChoices.has(slot) ? Math.max(1, slot.min) : slot.min;
      return [slot.key, this.#slot(slot, min)];
    });
    const required = [...also.required, ...requiredKeys(slots)];
    return {
      ...objectSchema({ properties: [...also.properties, ...own], required }),
      ...withRules(choiceRules(slots)),
    };
  }

  #slot(slot: Member | Items | Wildcard, min: number): JsonSchema {
    if (slot.is === 'member') return slot.max > 1 ? this.list(slot, min) : this.element(slot, slot.name.local);
    const items = slot.is === 'any' ? xmlText : anyOf(slot.shapes.map((shape) => this.#slots(shape)));
    return {
      type: 'array',
      items,
      ...(min > 0 ? { minItems: min } : {}),
      ...(slot.max < Infinity ? { maxItems: slot.max } : {}),
    };
  }

  /** Members for the attributes of a type: `$attributes`, and those that stand beside it. */
  #attributes({ attributes, anyAttribute }: ComplexType): ObjectShape {
    const simple = ({ key, type }: Attribute): [string, JsonSchema] => [key, this.#simple(type)];
    const keysOf = (of: readonly Attribute[]): string[] => of.filter((each) => each.required).map((each) => each.key);
    const beside = attributes.filter((each) => each.beside);
    const inside = attributes.filter((each) => !each.beside);
    const properties = beside.map(simple);
    const required = keysOf(beside);
    if (inside.length > 0 || anyAttribute !== null) {
      const all = objectSchema({ properties: inside.map(simple), required: keysOf(inside) });
      const others = anyAttribute === null ? {} : { patternProperties: { '^\\{[^{}]*\\}[^{}]+$': { type: 'string' } } };
      properties.push(['$attributes', { ...all, ...others }]);
      if (keysOf(inside).length > 0) required.push('$attributes');
    }
    return { properties, required };
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
