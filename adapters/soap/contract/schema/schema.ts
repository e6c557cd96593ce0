// XSD documents compiled to types. Every construct either has a meaning here or marks its type as unsupported, with the place.
import { attributesOf } from './attributes.ts';
import { contentOf, declaredType, mayBeNil } from './particles.ts';
import { simpleTypeAt, builtinType, notTranslatable, restricted } from './simple-types.ts';
import { expanded } from '../xml/qname.ts';
import { xsdNs } from '../xml/namespaces.ts';
import { tooDeep, typeLimits } from './type-limits.ts';
import { placeOf, Unsupported } from './unsupported.ts';
import { attribute, childNamed, isTrue, qnameAt } from '../xml/xml.ts';
import type { SchemaDocument } from '../loading/documents.ts';
import type { QName } from '../xml/qname.ts';
import type { ComplexType, Content, ElementDeclaration, SchemaType, SimpleType } from './types.ts';
import type { XmlElement } from '../xml/xml.ts';

/** An element of a schema document, with what is needed to read it. */
export interface Node {
  readonly element: XmlElement;
  readonly document: SchemaDocument;
}

export interface Schema {
  /** A global element; null where none is declared. */
  element(name: QName): ElementDeclaration | null;
  /** A type by name, built in or declared; one that is marked where there is none. */
  type(name: QName): SchemaType;
  /** Types that are declared by name, which `xsi:type` may name. */
  readonly types: ReadonlyMap<string, SchemaType>;
}

interface Standing {
  readonly node: Node;
  readonly name: QName;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Kind = 'element' | 'type' | 'attribute' | 'group' | 'attributeGroup';
const kinds: Readonly<Record<string, Kind>> = {
  element: 'element',
  simpleType: 'type',
  complexType: 'type',
  attribute: 'attribute',
  group: 'group',
  attributeGroup: 'attributeGroup',
};

/** Never throws for what a schema says: what cannot be translated is marked. */
export const compileSchema = (documents: readonly SchemaDocument[]): Schema => {
  const compiler = new SchemaCompiler(documents);
  return compiler.compile();
};

/** Used by the files that compile parts of types; not for others. */
export class SchemaCompiler {
  /** Elements that may stand in the place of another, by its name. */
  readonly #standIns = new Map<string, Standing[]>();
  /** Groups whose members are being read. */
  readonly opened = new Set<XmlElement>();
  #copies = 0;
  #simpleDepth = 0;
  readonly #globals = new Map<Kind, Map<string, Node>>();
  readonly #types = new Map<XmlElement, SchemaType>();
  readonly #underway = new Set<XmlElement>();
  readonly #later: (() => void)[] = [];
  readonly #elements = new Map<string, ElementDeclaration>();
  /** Names that xs:redefine or xs:override gives another meaning, with the reason shown. */
  readonly #redefined = new Map<string, Unsupported>();

  constructor(documents: readonly SchemaDocument[]) {
    for (const document of documents)
      for (const element of document.root.children) this.#register({ element, document });
  }

  compile(): Schema {
    const types = new Map<string, SchemaType>();
    for (const [name, node] of this.#globals.get('type') ?? []) types.set(name, this.#typeAt(node));
    for (const name of this.#globals.get('element')?.keys() ?? []) this.#declare(name);
    this.settle();
    this.#deriveAll(types);
    for (const type of this.#types.values()) freeze(type);
    return {
      element: (name) => this.#elements.get(expanded(name)) ?? null,
      type: (name) =>
        name.ns === xsdNs
          ? builtin(name, 'the WSDL')
          : (types.get(expanded(name)) ?? notTranslatable(`a type that is not declared: ${expanded(name)}`)),
      types,
    };
  }

  /**
   * Counts what groups and attribute groups bring along, which stands anew wherever they are named: thirty lines that
   * each name the next one twice are a billion. Throws Unsupported.
   */
  copied(node: Node): void {
    this.#copies += 1;
    if (this.#copies > typeLimits.copies || this.opened.size > typeLimits.depth)
      throw new Unsupported('groups that come to too much', this.place(node));
  }

  /** Runs what was put off; types may be recursive, so members get theirs once all are known. */
  settle(): void {
    for (let at = 0; at < this.#later.length; at += 1) this.#later[at]?.();
    this.#later.length = 0;
  }

  later(act: () => void): void {
    this.#later.push(act);
  }

  /** Elements of the substitution group, those of its members' own groups too, in the order of the schema. */
  standIns(head: QName, seen = new Set<string>()): readonly Standing[] {
    const found: Standing[] = [];
    for (const each of this.#standIns.get(expanded(head)) ?? []) {
      const name = expanded(each.name);
      if (seen.has(name)) continue;
      seen.add(name);
      found.push(each, ...this.standIns(each.name, seen));
    }
    return found;
  }

  global(kind: Kind, name: QName): Node | null {
    const found = this.#globals.get(kind)?.get(expanded(name)) ?? null;
    const redefined = found === null ? null : this.#redefinition(found);
    if (redefined !== null) throw redefined;
    return found;
  }

  /** The name in an attribute such as `type` or `ref`; null where the attribute is absent. */
  reference(node: Node, local: string): QName | null {
    const value = attribute(node.element, local);
    return value === null ? null : this.nameAt(node, value);
  }

  /** The name that a text stands for here. */
  nameAt(node: Node, value: string): QName {
    const name = qnameAt(node.element, value);
    if (name === null) throw new Unsupported(`"${value}" has a prefix that is not declared`, this.place(node));
    return name.ns === '' && node.document.chameleon ? { ns: node.document.namespace, local: name.local } : name;
  }

  place(node: Node): string {
    return placeOf(node.element, node.document.file, '');
  }

  /** Type of an element or attribute declaration: named, written inside, or xs:anyType. */
  typeFor(node: Node): SchemaType {
    try {
      const name = this.reference(node, 'type');
      if (name !== null) return this.named(name, node);
      const inner = childNamed(node.element, xsdNs, 'complexType') ?? childNamed(node.element, xsdNs, 'simpleType');
      if (inner !== null) return this.#typeAt({ element: inner, document: node.document });
      const head = node.element.local === 'element' ? this.reference(node, 'substitutionGroup') : null;
      const declared = head === null ? null : this.global('element', head);
      return declared === null || declared.element === node.element ? anyType : this.typeFor(declared);
    } catch (error) {
      if (error instanceof Unsupported) return notTranslatable(error.message);
      throw error;
    }
  }

  named(name: QName, from: Node): SchemaType {
    if (name.ns === xsdNs) return builtin(name, this.place(from));
    const node = this.global('type', name);
    if (node === null) return notTranslatable(`a type that is not declared: ${expanded(name)} (${this.place(from)})`);
    return this.#typeAt(node);
  }

  simple(type: SchemaType, from: Node): SimpleType {
    if (type.kind === 'simple') return type;
    throw new Unsupported(`a complex type where a simple one belongs`, this.place(from));
  }

  #register(node: Node): void {
    const { element, document } = node;
    if (element.ns !== xsdNs) return;
    if (element.local === 'redefine' || element.local === 'override') return this.#redefine(node);
    const kind = kinds[element.local];
    const local = attribute(element, 'name');
    if (kind === undefined || local === null) return;
    const names = this.#globals.get(kind) ?? new Map<string, Node>();
    this.#globals.set(kind, names);
    const name = expanded({ ns: document.namespace, local });
    // A schema that is both inline and imported says the same twice; the first counts.
    if (!names.has(name)) names.set(name, node);
    const head = attribute(element, 'substitutionGroup') === null ? null : this.reference(node, 'substitutionGroup');
    if (head !== null) {
      const standing = { node, name: { ns: document.namespace, local } };
      this.#standIns.set(expanded(head), [...(this.#standIns.get(expanded(head)) ?? []), standing]);
    }
    return undefined;
  }

  /** What is redefined has two meanings, and which one a reference means depends on where it stands. */
  #redefine(node: Node): void {
    for (const child of node.element.children) {
      const local = attribute(child, 'name');
      if (child.ns !== xsdNs || local === null) continue;
      const name = expanded({ ns: node.document.namespace, local });
      this.#redefined.set(name, new Unsupported(`xs:${node.element.local} of ${local}`, this.place(node)));
    }
  }

  /** Why a named declaration cannot be used; null where it can. */
  #redefinition(node: Node): Unsupported | null {
    const local = attribute(node.element, 'name');
    return local === null ? null : (this.#redefined.get(expanded({ ns: node.document.namespace, local })) ?? null);
  }

  #declare(key: string): void {
    const node = this.#globals.get('element')?.get(key);
    if (node === undefined || this.#elements.has(key)) return;
    const declaration: Mutable<ElementDeclaration> = {
      name: { ns: node.document.namespace, local: attribute(node.element, 'name') ?? '' },
      nillable: mayBeNil(node),
      type: declaredType(this, node),
    };
    if (isTrue(attribute(node.element, 'abstract'))) {
      declaration.type = notTranslatable(`an abstract element (${this.place(node)})`);
    }
    this.#elements.set(key, declaration);
  }

  #typeAt(node: Node): SchemaType {
    const done = this.#types.get(node.element);
    if (done !== undefined) return done;
    if (node.element.local === 'simpleType') return this.#simpleAt(node);
    const type: Mutable<ComplexType> = {
      kind: 'complex',
      name: nameOf(node),
      abstract: isTrue(attribute(node.element, 'abstract')),
      base: null,
      content: nothing,
      attributes: [],
      anyAttribute: null,
      derived: new Map<string, ComplexType>(),
      unsupported: null,
    };
    this.#types.set(node.element, type);
    this.#underway.add(node.element);
    try {
      if (this.#underway.size > typeLimits.depth) throw new Unsupported(tooDeep, this.place(node));
      const redefined = this.#redefinition(node);
      if (redefined !== null) throw redefined;
      this.#fill(type, node);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      type.unsupported = error.message;
    }
    this.#underway.delete(node.element);
    return type;
  }

  #simpleAt(node: Node): SimpleType {
    // Marked first: a simple type that is made of itself must end somewhere.
    this.#types.set(node.element, notTranslatable(`a simple type made of itself (${this.place(node)})`));
    this.#simpleDepth += 1;
    const type =
      this.#simpleDepth > typeLimits.depth
        ? notTranslatable(`${tooDeep} (${this.place(node)})`)
        : simpleTypeAt(this, node, nameOf(node));
    this.#simpleDepth -= 1;
    this.#types.set(node.element, type);
    return type;
  }

  #fill(type: Mutable<ComplexType>, node: Node): void {
    const { element } = node;
    const simple = childNamed(element, xsdNs, 'simpleContent');
    if (simple !== null) return this.#fillText(type, { ...node, element: simple });
    const complex = childNamed(element, xsdNs, 'complexContent');
    const isMixed = isTrue((complex === null ? null : attribute(complex, 'mixed')) ?? attribute(element, 'mixed'));
    if (complex === null) this.#fillMembers(type, node, { base: null, inherited: null });
    else this.#fillDerived(type, { ...node, element: complex });
    if (isMixed) type.content = raw;
    return undefined;
  }

  #fillMembers(type: Mutable<ComplexType>, node: Node, from: From): void {
    type.content = from.base?.content.is === 'raw' ? raw : contentOf(this, node, from.base);
    Object.assign(type, attributesOf(this, node, from.inherited));
  }

  #fillDerived(type: Mutable<ComplexType>, node: Node): void {
    const derivation = this.#derivation(node);
    const name = this.reference(derivation, 'base');
    const isExtension = derivation.element.local === 'extension';
    if (name !== null && name.ns === xsdNs && name.local === 'anyType') {
      return this.#fillMembers(type, derivation, { base: null, inherited: null });
    }
    const base = this.#base(derivation, name);
    type.base = base;
    return this.#fillMembers(type, derivation, { base: isExtension ? base : null, inherited: base });
  }

  #fillText(type: Mutable<ComplexType>, node: Node): void {
    const derivation = this.#derivation(node);
    const name = this.reference(derivation, 'base');
    if (name === null) throw new Unsupported('an extension without base', this.place(derivation));
    const base = this.named(name, derivation);
    if (base.unsupported !== null) throw new Unsupported(base.unsupported, this.place(derivation));
    let content: SimpleType;
    if (base.kind === 'simple') content = base;
    else {
      this.#finished(base, derivation);
      if (base.content.is !== 'text') throw new Unsupported('simpleContent on a type with members', this.place(node));
      type.base = base;
      content = base.content.type;
    }
    if (derivation.element.local === 'restriction') content = restricted(this, derivation, content);
    if (content.unsupported !== null) throw new Unsupported(content.unsupported, this.place(derivation));
    type.content = { is: 'text', type: content };
    Object.assign(type, attributesOf(this, derivation, type.base));
  }

  #derivation(node: Node): Node {
    for (const element of node.element.children) {
      if (element.ns === xsdNs && (element.local === 'extension' || element.local === 'restriction')) {
        return { ...node, element };
      }
    }
    throw new Unsupported(`an empty xs:${node.element.local}`, this.place(node));
  }

  #base(derivation: Node, name: QName | null): ComplexType {
    if (name === null) throw new Unsupported('a derivation without base', this.place(derivation));
    const base = this.named(name, derivation);
    if (base.unsupported !== null) {
      // Not "its base: its base: …" along a chain.
      const reason = base.unsupported.replace(/^its base: /, '');
      throw new Unsupported(`its base: ${reason}`, this.place(derivation));
    }
    if (base.kind === 'simple') throw new Unsupported('complexContent on a simple type', this.place(derivation));
    return this.#finished(base, derivation);
  }

  #finished(base: ComplexType, derivation: Node): ComplexType {
    for (const element of this.#underway) {
      if (this.#types.get(element) === base)
        throw new Unsupported('a type derived from itself', this.place(derivation));
    }
    return base;
  }

  #deriveAll(types: ReadonlyMap<string, SchemaType>): void {
    for (const [name, type] of types) {
      if (type.kind === 'simple') continue;
      for (let base = type.base; base !== null; base = base.base) {
        (base.derived as Map<string, ComplexType>).set(name, type);
      }
    }
  }
}

interface From {
  /** Whose content comes first. */
  readonly base: ComplexType | null;
  /** Whose attributes are there too. */
  readonly inherited: ComplexType | null;
}

const raw: Content = Object.freeze({ is: 'raw' });
const nothing: Content = {
  is: 'members',
  ordered: true,
  slots: [],
  model: { is: 'group', order: 'sequence', min: 1, max: 1, parts: [], items: null },
  flat: true,
};

/** `xs:anyType`. */
const anyType: ComplexType = Object.freeze<ComplexType>({
  kind: 'complex',
  name: { ns: xsdNs, local: 'anyType' },
  abstract: false,
  base: null,
  content: { is: 'any' },
  attributes: [],
  anyAttribute: null,
  derived: new Map<string, ComplexType>(),
  unsupported: null,
});

const builtin = (name: QName, place: string): SchemaType =>
  name.local === 'anyType' ? anyType : builtinType(name, place);

const freeze = (type: SchemaType): void => {
  Object.freeze(type);
  if (type.kind === 'simple') return;
  Object.freeze(type.attributes);
  Object.freeze(type.content);
  if (type.content.is === 'members') for (const slot of type.content.slots) Object.freeze(slot);
};

const nameOf = ({ element, document }: Node): QName | null => {
  const local = attribute(element, 'name');
  return local === null ? null : { ns: document.namespace, local };
};
