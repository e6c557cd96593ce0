// Content models: particles of a schema, simplified, and what their JSON has: slots in schema order, the base's first.
import { xsdNs } from '../xml/namespaces.ts';
import { expanded } from '../xml/qname.ts';
import { checkName, notTranslatable, onlyValue, standingFor } from './simple-types.ts';
import { simplified } from './simplify.ts';
import { slotsOf } from './slots.ts';
import { leavesOf } from './types.ts';
import { Unsupported } from './unsupported.ts';
import { attribute, isTrue } from '../xml/xml.ts';
import { namespacesOf } from './wildcards.ts';
import type { QName } from '../xml/qname.ts';
import type { Node, SchemaCompiler } from './schema.ts';
import type { DraftGroup, DraftMember, DraftParticle } from './simplify.ts';
import type { ComplexType, Content, SchemaType } from './types.ts';

const particles = new Set(['sequence', 'choice', 'all', 'group', 'any', 'element']);

/** Content of the type or derivation at `node`; `base` is given where it is extended. Throws Unsupported. */
export const contentOf = (compiler: SchemaCompiler, node: Node, base: ComplexType | null): Content => {
  if (base !== null && base.content.is === 'text') {
    throw new Unsupported('members on a type with simpleContent', compiler.place(node));
  }
  const first = particlesIn(node)[0];
  const own = first === undefined ? null : simplified(particleOf(compiler, first));
  const inherited = base !== null && base.content.is === 'members' ? base.content : null;
  const isAll = own?.is === 'group' && own.order === 'all';
  const before = inherited === null || inherited.model.parts.length === 0 ? null : inherited;
  if (before !== null && own !== null && (isAll || !before.ordered)) {
    throw new Unsupported('an extension of or by xs:all', compiler.place(node));
  }
  // The base's particles are settled: they stand as they are.
  const model = rooted([...(before?.model.parts ?? []), ...(own === null ? [] : [own])] as DraftParticle[]);
  const known = new Set(before === null ? [] : leavesOf(before.model));
  const { slots, flat, model: settled } = slotsOf(model, known, (act) => compiler.later(act));
  return { is: 'members', ordered: settled.order !== 'all', slots, model: settled, flat };
};

/** One group around all, that is there once: a sequence, or the one that is there already. */
const rooted = (parts: DraftParticle[]): DraftGroup => {
  const [only, second] = parts;
  if (only?.is === 'group' && second === undefined && only.max === 1 && only.min === 1 && only.order !== 'choice') {
    return only;
  }
  const flat = parts.flatMap((part) =>
    part.is === 'group' && part.order === 'sequence' && part.min === 1 && part.max === 1 ? part.parts : [part],
  );
  return { is: 'group', order: 'sequence', min: 1, max: 1, parts: flat, items: null };
};

const particlesIn = (node: Node): Node[] =>
  node.element.children
    .filter((element) => element.ns === xsdNs && particles.has(element.local))
    .map((element) => ({ element, document: node.document }));

const particleOf = (compiler: SchemaCompiler, node: Node): DraftParticle => {
  const { min, max } = occurs(node);
  if (!(min >= 0 && max >= min))
    throw new Unsupported('minOccurs and maxOccurs that nothing fits', compiler.place(node));
  if (compiler.opened.size > 0) compiler.copied(node);
  const { local } = node.element;
  switch (local) {
    case 'element':
      return max === 0 ? nothing : elementOf(compiler, node);
    case 'any':
      return { is: 'any', key: '$any', min, max, namespaces: namespacesOf(node) };
    case 'group':
      return max === 0 ? nothing : groupOf(compiler, node);
    case 'sequence':
    case 'choice':
    case 'all': {
      const parts = max === 0 ? [] : particlesIn(node).map((child) => particleOf(compiler, child));
      if (local === 'all' && parts.some((part) => part.max > 1)) {
        throw new Unsupported('a repeated element in xs:all', compiler.place(node));
      }
      return { is: 'group', order: local, min, max, parts, items: null };
    }
    default:
      throw new Unsupported(`xs:${local}`, compiler.place(node));
  }
};

const nothing: DraftGroup = { is: 'group', order: 'sequence', min: 0, max: 0, parts: [], items: null };

const groupOf = (compiler: SchemaCompiler, node: Node): DraftParticle => {
  const name = compiler.reference(node, 'ref');
  const group = name === null ? null : compiler.global('group', name);
  if (group === null) throw new Unsupported('a group that is not declared', compiler.place(node));
  const { opened } = compiler;
  if (opened.has(group.element)) throw new Unsupported('a group inside itself', compiler.place(node));
  opened.add(group.element);
  try {
    const parts = particlesIn(group).map((child) => particleOf(compiler, child));
    return { is: 'group', order: 'sequence', ...occurs(node), parts, items: null };
  } finally {
    opened.delete(group.element);
  }
};

/** An element, or a choice between those that may stand in its place. */
const elementOf = (compiler: SchemaCompiler, node: Node): DraftParticle => {
  const { min, max } = occurs(node);
  const reference = compiler.reference(node, 'ref');
  if (reference === null) return memberOf(compiler, { node, name: localName(node), min, max });
  // Its content brings its own schema.
  if (reference.ns === xsdNs && reference.local === 'schema') {
    throw new Unsupported('an ADO.NET DataSet', compiler.place(node));
  }
  const declared = compiler.global('element', reference);
  if (declared === null) throw new Unsupported(`an element that is not declared`, compiler.place(node));
  const standIns = compiler.standIns(reference);
  const concrete = [{ node: declared, name: reference }, ...standIns].filter(
    (each) => !isTrue(attribute(each.node.element, 'abstract')),
  );
  const [only, second] = concrete;
  if (only === undefined) throw new Unsupported('an abstract element with none in its place', compiler.place(node));
  if (second === undefined) return memberOf(compiler, { ...only, min, max });
  const parts = concrete.map((each) => memberOf(compiler, { ...each, min: 1, max: 1 }));
  return { is: 'group', order: 'choice', min, max, parts, items: null };
};

interface Declaration {
  readonly node: Node;
  readonly name: QName;
  readonly min: number;
  readonly max: number;
}

const memberOf = (compiler: SchemaCompiler, { node, name, min, max }: Declaration): DraftMember => {
  checkName(compiler, node, name.local);
  const member: DraftMember = {
    is: 'member',
    name,
    key: name.local,
    min,
    max,
    nillable: mayBeNil(node),
    type: notTranslatable(`a type that was not reached (${compiler.place(node)})`),
  };
  compiler.later(() => {
    member.type = declaredType(compiler, node);
  });
  return member;
};

/** The type of an element as its declaration has it: with its only value (`fixed`), or one for where it is empty (`default`). */
export const declaredType = (compiler: SchemaCompiler, node: Node): SchemaType => {
  const type = compiler.typeFor(node);
  const only = attribute(node.element, 'fixed');
  const value = only ?? attribute(node.element, 'default');
  if (value === null || type.unsupported !== null) return type;
  if (type.kind === 'simple') return standingFor(only === null ? type : onlyValue(type, only), value);
  if (only !== null) return notTranslatable(`a fixed value on ${nameOf(type)} (${compiler.place(node)})`);
  if (type.content.is !== 'text') return type;
  return { ...type, content: { is: 'text', type: standingFor(type.content.type, value) } };
};

/** What has one value is not nil (XML Schema part 1 §3.3.4). */
export const mayBeNil = ({ element }: Node): boolean =>
  isTrue(attribute(element, 'nillable')) && attribute(element, 'fixed') === null;

const nameOf = (type: ComplexType): string => (type.name === null ? 'a complex type' : expanded(type.name));

const localName = (node: Node): QName => {
  const { document, element } = node;
  const form = attribute(element, 'form') ?? attribute(document.root, 'elementFormDefault');
  return { ns: form === 'qualified' ? document.namespace : '', local: attribute(element, 'name') ?? '' };
};

const occurs = ({ element }: Node): { min: number; max: number } => {
  const max = attribute(element, 'maxOccurs') ?? '1';
  return { min: Number(attribute(element, 'minOccurs') ?? '1'), max: max === 'unbounded' ? Infinity : Number(max) };
};
