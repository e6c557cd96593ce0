// xs:simpleType to SimpleType: restrictions and lists of builtins and of each other.
import { facetsOf, hasBounds } from './facets.ts';
import { serializationNs, xsdNs } from './namespaces.ts';
import { scalar } from './scalars.ts';
import { Unsupported } from './unsupported.ts';
import { attribute, childNamed } from './xml.ts';
import type { QName } from './qname.ts';
import type { Node, SchemaCompiler } from './schema.ts';
import type { Facets, SimpleType, WhiteSpace } from './types.ts';

const guids = new Set([serializationNs, 'http://microsoft.com/wsdl/types/']);
const lists: Readonly<Record<string, string>> = { NMTOKENS: 'NMTOKEN', IDREFS: 'IDREF' };

/** A type that makes its operations pass-through only. */
export const notTranslatable = (reason: string): SimpleType => ({
  kind: 'simple',
  name: null,
  builtin: '',
  item: null,
  facets: [],
  whiteSpace: 'preserve',
  unsupported: reason,
});

/** A builtin of XML Schema by name. */
export const builtinType = (name: QName, place: string): SimpleType => {
  const itemOf = Object.hasOwn(lists, name.local) ? lists[name.local] : undefined;
  if (itemOf !== undefined) {
    return { ...listOf(builtinType({ ns: xsdNs, local: itemOf }, place), name), facets: [] };
  }
  const found = scalar(name.local);
  if (found === null || name.local === 'guid') return notTranslatable(`xs:${name.local} (${place})`);
  return {
    kind: 'simple',
    name,
    builtin: name.local,
    item: null,
    facets: [],
    whiteSpace: found.whiteSpace,
    unsupported: null,
  };
};

/** Never throws Unsupported: the type says so itself. */
export const simpleTypeAt = (compiler: SchemaCompiler, node: Node, name: QName | null): SimpleType => {
  try {
    if (name !== null && name.local === 'guid' && guids.has(name.ns)) return guidType(name);
    const restriction = childNamed(node.element, xsdNs, 'restriction');
    if (restriction !== null) return restrictionAt(compiler, { ...node, element: restriction }, name);
    const list = childNamed(node.element, xsdNs, 'list');
    if (list !== null) return listAt(compiler, { ...node, element: list }, name);
    throw new Unsupported(`xs:union`, compiler.place(node));
  } catch (error) {
    if (error instanceof Unsupported) return notTranslatable(error.message);
    throw error;
  }
};

// .NET reads and writes GUIDs its own way, narrower than the pattern in its schema.
const guidType = (name: QName): SimpleType => ({
  kind: 'simple',
  name,
  builtin: 'guid',
  item: null,
  facets: [],
  whiteSpace: 'collapse',
  unsupported: null,
});

const restrictionAt = (compiler: SchemaCompiler, node: Node, name: QName | null): SimpleType => {
  const base = baseOf(compiler, node, 'base');
  if (base.unsupported !== null) return base;
  const facets = facetsOf(node.element);
  if (typeof facets === 'string') throw new Unsupported(facets, compiler.place(node));
  const order = scalar(base.builtin)?.order ?? 'text';
  if (hasBounds(facets) && (order === 'text' || base.item !== null)) {
    throw new Unsupported(`bounds on xs:${base.builtin}`, compiler.place(node));
  }
  const whiteSpace = childNamed(node.element, xsdNs, 'whiteSpace');
  return {
    ...base,
    name,
    facets: isEmpty(facets) ? base.facets : [...base.facets, facets],
    whiteSpace: whiteSpace === null ? base.whiteSpace : (attribute(whiteSpace, 'value') as WhiteSpace),
  };
};

const listAt = (compiler: SchemaCompiler, node: Node, name: QName | null): SimpleType => {
  const item = baseOf(compiler, node, 'itemType');
  if (item.unsupported !== null) return item;
  if (item.item !== null) throw new Unsupported('a list of lists', compiler.place(node));
  return listOf(item, name);
};

const listOf = (item: SimpleType, name: QName | null): SimpleType => ({
  kind: 'simple',
  name,
  builtin: item.builtin,
  item,
  facets: [],
  whiteSpace: 'collapse',
  unsupported: null,
});

const baseOf = (compiler: SchemaCompiler, node: Node, local: 'base' | 'itemType'): SimpleType => {
  const reference = compiler.reference(node, local);
  if (reference !== null) return compiler.simple(compiler.named(reference, node), node);
  return compiler.simple(compiler.typeFor(node), node);
};

const isEmpty = (facets: Facets): boolean => Object.values(facets).every((value) => value === null);
