// Attribute uses of a complex type: its own, those of groups, and those of its base.
import { onlyThese } from './facets.ts';
import { serializationNs, xmlNs, xsdNs } from './namespaces.ts';
import { expanded, sameName } from './qname.ts';
import { builtinType } from './simple-types.ts';
import { Unsupported } from './unsupported.ts';
import { attribute } from './xml.ts';
import type { QName } from './qname.ts';
import type { Node, SchemaCompiler } from './schema.ts';
import type { Attribute, SimpleType } from './types.ts';

/** `node` is what holds the xs:attribute elements; its own replace those of the base. */
export const attributesOf = (
  compiler: SchemaCompiler,
  node: Node,
  base: readonly Attribute[],
): readonly Attribute[] => {
  const uses = [...base];
  collect(compiler, node, uses);
  return uses.map((use) => (clashes(use, uses) ? renamed(use) : use));
};

const clashes = (use: Attribute, uses: readonly Attribute[]): boolean =>
  use.name.ns !== '' && uses.some((other) => other !== use && other.name.local === use.name.local);

const renamed = (use: Attribute): Attribute => ({ ...use, key: expanded(use.name) });

const collect = (compiler: SchemaCompiler, node: Node, uses: Attribute[]): void => {
  for (const element of node.element.children) {
    if (element.ns !== xsdNs) continue;
    const child: Node = { ...node, element };
    if (element.local === 'anyAttribute') throw new Unsupported('xs:anyAttribute', compiler.place(child));
    if (element.local === 'attribute') add(compiler, child, uses);
    if (element.local === 'attributeGroup') {
      const name = compiler.reference(child, 'ref');
      const group = name === null ? null : compiler.global('attributeGroup', name);
      if (group === null) throw new Unsupported('an attributeGroup that is not declared', compiler.place(child));
      collect(compiler, group, uses);
    }
  }
};

const add = (compiler: SchemaCompiler, node: Node, uses: Attribute[]): void => {
  const name = nameOf(compiler, node);
  const present = uses.findIndex((use) => sameName(use.name, name));
  if (present >= 0) uses.splice(present, 1);
  const use = attribute(node.element, 'use');
  if (use === 'prohibited') return;
  const type = typeOf(compiler, node);
  if (type.unsupported !== null) throw new Unsupported(type.unsupported, compiler.place(node));
  uses.push({ name, key: name.local, required: use === 'required', type: fixed(type, node) });
};

const nameOf = (compiler: SchemaCompiler, node: Node): QName => {
  const reference = compiler.reference(node, 'ref');
  if (reference !== null) return reference;
  const { document, element } = node;
  const form = attribute(element, 'form') ?? attribute(document.root, 'attributeFormDefault');
  return { ns: form === 'qualified' ? document.namespace : '', local: attribute(element, 'name') ?? '' };
};

const typeOf = (compiler: SchemaCompiler, node: Node): SimpleType => {
  const reference = compiler.reference(node, 'ref');
  if (reference?.ns === xmlNs) return string(compiler, node);
  if (reference !== null) {
    const declared = compiler.global('attribute', reference);
    // Also those that .NET's serializer adds for object graphs, whose meaning is beyond a tree.
    if (declared === null || reference.ns === serializationNs) {
      throw new Unsupported(`the attribute ${expanded(reference)}`, compiler.place(node));
    }
    return typeOf(compiler, declared);
  }
  const isTyped =
    attribute(node.element, 'type') !== null || node.element.children.some((each) => each.local === 'simpleType');
  return isTyped ? compiler.simple(compiler.typeFor(node), node) : string(compiler, node);
};

const string = (compiler: SchemaCompiler, node: Node): SimpleType =>
  builtinType({ ns: xsdNs, local: 'string' }, compiler.place(node));

const fixed = (type: SimpleType, node: Node): SimpleType => {
  const value = attribute(node.element, 'fixed');
  return value === null ? type : { ...type, facets: [...type.facets, onlyThese(value)] };
};
