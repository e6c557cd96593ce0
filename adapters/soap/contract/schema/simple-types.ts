// xs:simpleType to SimpleType: restrictions and lists of builtins and of each other.
import { facetsOf, hasBounds, onlyThese } from './facets.ts';
import { serializationNs, xsdNs } from '../xml/namespaces.ts';
import { normalise, scalar } from '../values/scalars.ts';
import { Unsupported } from './unsupported.ts';
import { attribute, childNamed } from '../xml/xml.ts';
import type { QName } from '../xml/qname.ts';
import type { Node, SchemaCompiler } from './schema.ts';
import type { Facets, SimpleType, WhiteSpace } from './types.ts';

const guids = new Set([serializationNs, 'http://microsoft.com/wsdl/types/']);
const lists: Readonly<Record<string, string>> = { NMTOKENS: 'NMTOKEN', IDREFS: 'IDREF' };

/** Names go into start tags as they are. Throws Unsupported. */
export const checkName = (compiler: SchemaCompiler, node: Node, local: string): void => {
  try {
    scalar('NCName')?.read(local);
  } catch {
    throw new Unsupported(`"${local.slice(0, 60)}", which is no XML name`, compiler.place(node));
  }
};

/** A type that makes its operations pass-through only. */
export const notTranslatable = (reason: string): SimpleType => ({
  kind: 'simple',
  name: null,
  base: null,
  builtin: '',
  item: null,
  union: null,
  facets: [],
  whiteSpace: 'preserve',
  whenEmpty: null,
  unsupported: reason,
});

/** A builtin of XML Schema by name. */
export const builtinType = (name: QName, place: string): SimpleType => {
  const itemOf = Object.hasOwn(lists, name.local) ? lists[name.local] : undefined;
  if (itemOf !== undefined) {
    return { ...listOf(builtinType({ ns: xsdNs, local: itemOf }, place), name), facets: [] };
  }
  const found = name.local === 'QName' ? scalar('token') : scalar(name.local);
  if (found === null || name.local === 'guid') return notTranslatable(`xs:${name.local} (${place})`);
  return {
    kind: 'simple',
    name,
    base: null,
    builtin: name.local,
    item: null,
    union: null,
    facets: [],
    whiteSpace: found.whiteSpace,
    whenEmpty: null,
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
    const union = childNamed(node.element, xsdNs, 'union');
    if (union !== null) return unionAt(compiler, { ...node, element: union }, name);
    throw new Unsupported('a simple type that says nothing', compiler.place(node));
  } catch (error) {
    if (error instanceof Unsupported) return notTranslatable(error.message);
    throw error;
  }
};

// .NET reads and writes GUIDs its own way, narrower than the pattern in its schema.
const guidType = (name: QName): SimpleType => ({
  kind: 'simple',
  name,
  base: builtinType({ ns: xsdNs, local: 'string' }, ''),
  builtin: 'guid',
  item: null,
  union: null,
  facets: [],
  whiteSpace: 'collapse',
  whenEmpty: null,
  unsupported: null,
});

const restrictionAt = (compiler: SchemaCompiler, node: Node, name: QName | null): SimpleType => {
  const base = baseOf(compiler, node, 'base');
  return { ...restricted(compiler, node, base), name, base };
};

/** Orders that bounds mean something in. */
const bounded: ReadonlySet<string> = new Set(['decimal', 'float', 'duration']);

/** What the facets at `node` leave of a type. Throws Unsupported. */
export const restricted = (compiler: SchemaCompiler, node: Node, from: SimpleType): SimpleType => {
  const inner = childNamed(node.element, xsdNs, 'simpleType');
  const isContent = node.element.local === 'restriction' && attribute(node.element, 'base') !== null;
  const base = inner !== null && isContent ? compiler.simple(compiler.typeFor(node), node) : from;
  if (base.unsupported !== null) return base;
  const facets = facetsOf(node.element);
  if (typeof facets === 'string') throw new Unsupported(facets, compiler.place(node));
  const order = scalar(base.builtin)?.order ?? 'text';
  if (!isEmpty(facets) && usesNames(base)) throw new Unsupported('facets on xs:QName', compiler.place(node));
  if (hasBounds(facets) && (!bounded.has(order) || base.item !== null || base.union !== null)) {
    throw new Unsupported(`bounds on xs:${base.builtin}`, compiler.place(node));
  }
  if (!makesSense(facets, base)) throw new Unsupported('a facet with a value that is none', compiler.place(node));
  const whiteSpace = childNamed(node.element, xsdNs, 'whiteSpace');
  const narrowed: SimpleType = {
    ...base,
    whiteSpace: whiteSpace === null ? base.whiteSpace : (attribute(whiteSpace, 'value') as WhiteSpace),
  };
  if (isEmpty(facets)) return narrowed;
  const enumeration = facets.enumeration?.map((each) => asRead(each, narrowed)) ?? null;
  return { ...narrowed, facets: [...base.facets, { ...facets, enumeration }] };
};

/** Lengths are counts, and bounds are values of the type: others would let everything in, or nothing. */
const makesSense = (facets: Facets, { builtin }: SimpleType): boolean => {
  const { length, minLength, maxLength, totalDigits, fractionDigits } = facets;
  const { minInclusive, maxInclusive, minExclusive, maxExclusive } = facets;
  try {
    for (const bound of [minInclusive, maxInclusive, minExclusive, maxExclusive]) {
      if (bound !== null) scalar(builtin)?.read(bound);
    }
  } catch {
    return false;
  }
  return [length, minLength, maxLength, totalDigits, fractionDigits].every(
    (count) => count === null || (Number.isInteger(count) && count >= 0),
  );
};

/** A type with one value: what `fixed` says. */
export const onlyValue = (type: SimpleType, value: string): SimpleType => ({
  ...type,
  facets: [...type.facets, onlyThese(asRead(value, type))],
});

/** A type whose empty elements stand for a value (XML Schema part 1 §3.3.4): what `default` or `fixed` says. */
export const standingFor = (type: SimpleType, value: string): SimpleType => {
  const text = asRead(value, type);
  // A name is nothing without the prefixes of the schema.
  return usesNames(type) || text === '' ? type : { ...type, whenEmpty: text };
};

/** A value in a schema, its white space handled as that of a message is. */
const asRead = (value: string, { whiteSpace, builtin, item }: SimpleType): string => {
  const text = normalise(value, whiteSpace);
  return item === null && scalar(builtin)?.unit === 'base64' ? text.replaceAll(' ', '') : text;
};

const listAt = (compiler: SchemaCompiler, node: Node, name: QName | null): SimpleType => {
  const item = baseOf(compiler, node, 'itemType');
  if (item.unsupported !== null) return item;
  if (item.item !== null || item.union?.some((each) => each.item !== null) === true) {
    throw new Unsupported('a list of lists', compiler.place(node));
  }
  if (usesNames(item)) throw new Unsupported('a list of xs:QName', compiler.place(node));
  return listOf(item, name);
};

const unionAt = (compiler: SchemaCompiler, node: Node, name: QName | null): SimpleType => {
  const branches = (attribute(node.element, 'memberTypes') ?? '')
    .split(/\s+/)
    .filter((each) => each !== '')
    .map((each) => compiler.simple(compiler.named(compiler.nameAt(node, each), node), node));
  for (const element of node.element.children) {
    if (element.ns !== xsdNs || element.local !== 'simpleType') continue;
    branches.push(simpleTypeAt(compiler, { ...node, element }, null));
  }
  if (branches.length === 0) throw new Unsupported('a union of nothing', compiler.place(node));
  const bad = branches.find((branch) => branch.unsupported !== null);
  if (bad !== undefined) return bad;
  // Unions of unions are tried one after the other: thirty that each name the next one twice are a billion.
  if (branches.reduce((sum, branch) => sum + sizeOf(branch), 0) > mostBranches) {
    throw new Unsupported(`a union of over ${mostBranches} types`, compiler.place(node));
  }
  if (branches.some(usesNames)) throw new Unsupported('xs:QName in a union', compiler.place(node));
  return {
    kind: 'simple',
    name,
    base: null,
    builtin: 'string',
    item: null,
    union: branches,
    facets: [],
    whiteSpace: 'preserve',
    whenEmpty: null,
    unsupported: null,
  };
};

const mostBranches = 1000;
const sizeOf = ({ union }: SimpleType): number => union?.reduce((sum, branch) => sum + sizeOf(branch), 0) ?? 1;

/** Does its text mean anything only with the prefixes that are declared around it? */
export const usesNames = (type: SimpleType): boolean => type.builtin === 'QName';

const listOf = (item: SimpleType, name: QName | null): SimpleType => ({
  kind: 'simple',
  name,
  base: null,
  builtin: item.builtin,
  item,
  union: null,
  facets: [],
  whiteSpace: 'collapse',
  whenEmpty: null,
  unsupported: null,
});

const baseOf = (compiler: SchemaCompiler, node: Node, local: 'base' | 'itemType'): SimpleType => {
  const reference = compiler.reference(node, local);
  if (reference !== null) return compiler.simple(compiler.named(reference, node), node);
  return compiler.simple(compiler.typeFor(node), node);
};

const isEmpty = (facets: Facets): boolean => Object.values(facets).every((value) => value === null);
