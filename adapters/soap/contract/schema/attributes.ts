// Attribute uses of a complex type: its own, those of groups, and those of its base.
import { onlyThese } from './facets.ts';
import { serializationNs, xmlNs, xsdNs } from '../xml/namespaces.ts';
import { expanded, sameName } from '../xml/qname.ts';
import { builtinType, checkName, onlyValue } from './simple-types.ts';
import { Unsupported } from './unsupported.ts';
import { attribute } from '../xml/xml.ts';
import type { QName } from '../xml/qname.ts';
import type { Node, SchemaCompiler } from './schema.ts';
import { allows } from './types.ts';
import { namespacesOf } from './wildcards.ts';
import type { Attribute, Namespaces, SimpleType } from './types.ts';

export interface Attributes {
  readonly attributes: readonly Attribute[];
  readonly anyAttribute: Namespaces | null;
}

/** `node` is what holds the xs:attribute elements; its own replace those of the base. */
export const attributesOf = (compiler: SchemaCompiler, node: Node, base: Attributes | null): Attributes => {
  const found: Found = { uses: [...(base?.attributes ?? [])], any: null };
  collect(compiler, node, found);
  // XML Schema part 1 §3.4.2: an extension widens its base's wildcard, a restriction has its own or none.
  const inherited = node.element.local === 'extension' ? (base?.anyAttribute ?? null) : null;
  const anyAttribute =
    found.any !== null && inherited !== null ? either(found.any, inherited) : (found.any ?? inherited);
  return { attributes: found.uses.map((use) => (clashes(use, found.uses) ? renamed(use) : use)), anyAttribute };
};

interface Found {
  readonly uses: Attribute[];
  any: Namespaces | null;
}

const either = (one: Namespaces, other: Namespaces): Namespaces => {
  if (one.only !== null && other.only !== null) return { only: [...one.only, ...other.only], not: [] };
  const not = [...one.not, ...other.not].filter((ns) => !allows(one, ns) && !allows(other, ns));
  return { only: null, not };
};

const clashes = (use: Attribute, uses: readonly Attribute[]): boolean =>
  !use.beside && use.name.ns !== '' && uses.some((other) => other !== use && other.name.local === use.name.local);

const renamed = (use: Attribute): Attribute => ({ ...use, key: expanded(use.name) });

const collect = (compiler: SchemaCompiler, node: Node, found: Found): void => {
  for (const element of node.element.children) {
    if (element.ns !== xsdNs) continue;
    const child: Node = { ...node, element };
    if (compiler.opened.size > 0) compiler.copied(child);
    if (element.local === 'anyAttribute') found.any = namespacesOf(child);
    if (element.local === 'attribute') add(compiler, child, found.uses);
    if (element.local === 'attributeGroup') {
      const name = compiler.reference(child, 'ref');
      const group = name === null ? null : compiler.global('attributeGroup', name);
      if (group === null) throw new Unsupported('an attributeGroup that is not declared', compiler.place(child));
      if (compiler.opened.has(group.element))
        throw new Unsupported('an attributeGroup inside itself', compiler.place(child));
      compiler.opened.add(group.element);
      collect(compiler, group, found);
      compiler.opened.delete(group.element);
    }
  }
};

const add = (compiler: SchemaCompiler, node: Node, uses: Attribute[]): void => {
  const name = nameOf(compiler, node);
  checkName(compiler, node, name.local);
  const present = uses.findIndex((use) => sameName(use.name, name));
  if (present >= 0) uses.splice(present, 1);
  const use = attribute(node.element, 'use');
  if (use === 'prohibited') return;
  const type = typeOf(compiler, node);
  if (type.unsupported !== null) throw new Unsupported(type.unsupported, compiler.place(node));
  const beside = name.ns === serializationNs ? graph[name.local] : undefined;
  uses.push({
    name,
    key: beside ?? name.local,
    required: use === 'required',
    type: fixed(type, node),
    beside: beside !== undefined,
  });
};

/** Attributes that .NET's serializer marks object graphs with; kept as they are, never resolved. */
const graph: Readonly<Record<string, string>> = { Id: '$id', Ref: '$ref' };

const nameOf = (compiler: SchemaCompiler, node: Node): QName => {
  const reference = compiler.reference(node, 'ref');
  if (reference !== null) return reference;
  const { document, element } = node;
  const form = attribute(element, 'form') ?? attribute(document.root, 'attributeFormDefault');
  return { ns: form === 'qualified' ? document.namespace : '', local: attribute(element, 'name') ?? '' };
};

const typeOf = (compiler: SchemaCompiler, node: Node): SimpleType => {
  const reference = compiler.reference(node, 'ref');
  if (reference !== null) {
    const declared = compiler.global('attribute', reference);
    if (declared === null && reference.ns === xmlNs) return ofXml(reference.local, string(compiler, node));
    if (declared === null) {
      throw new Unsupported(`the attribute ${expanded(reference)}`, compiler.place(node));
    }
    return typeOf(compiler, declared);
  }
  const isTyped =
    attribute(node.element, 'type') !== null || node.element.children.some((each) => each.local === 'simpleType');
  return isTyped ? compiler.simple(compiler.typeFor(node), node) : string(compiler, node);
};

/** What http://www.w3.org/2001/xml.xsd says, which is not read: a language, or nothing for none. */
const ofXml = (local: string, string: SimpleType): SimpleType => {
  if (local !== 'lang') return string;
  const none = { ...string, name: null, facets: [onlyThese('')] };
  return { ...string, name: null, union: [builtinType({ ns: xsdNs, local: 'language' }, ''), none] };
};

const string = (compiler: SchemaCompiler, node: Node): SimpleType =>
  builtinType({ ns: xsdNs, local: 'string' }, compiler.place(node));

const fixed = (type: SimpleType, node: Node): SimpleType => {
  const value = attribute(node.element, 'fixed');
  return value === null ? type : onlyValue(type, value);
};
