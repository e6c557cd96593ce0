// Content models: sequence, all and single choice, flattened to slots in schema order, the base's first.
import { onlyThese } from './facets.ts';
import { xsdNs } from './namespaces.ts';
import { expanded } from './qname.ts';
import { notTranslatable } from './simple-types.ts';
import { Unsupported } from './unsupported.ts';
import { attribute, isTrue } from './xml.ts';
import type { QName } from './qname.ts';
import type { Node, SchemaCompiler } from './schema.ts';
import type { ComplexType, Content, Member, SchemaType } from './types.ts';

// Slots are drafts until their type is complete: names in JSON, and types, are settled in place.
type DraftMember = { -readonly [K in keyof Member]: Member[K] };
type DraftSlot =
  | DraftMember
  | { readonly is: 'choice'; readonly optional: boolean; readonly branches: readonly DraftMember[] };
const particles = new Set(['sequence', 'choice', 'all', 'group', 'any', 'element']);

/** Content of the type or derivation at `node`; `base` is given where it is extended. Throws Unsupported. */
export const contentOf = (compiler: SchemaCompiler, node: Node, base: ComplexType | null): Content => {
  if (base !== null && base.content.is === 'text') {
    throw new Unsupported('members on a type with simpleContent', compiler.place(node));
  }
  const own = particlesIn(node)[0];
  const inherited = base !== null && base.content.is === 'members' ? base.content : null;
  const isAll = own?.element.local === 'all';
  if (inherited !== null && inherited.slots.length > 0 && (isAll || !inherited.ordered)) {
    throw new Unsupported('an extension of or by xs:all', compiler.place(node));
  }
  const added = own === undefined ? [] : slotsOf(compiler, own);
  const before = inherited?.slots ?? [];
  giveKeys(before.flatMap(membersIn), added.flatMap(membersIn), compiler.place(node));
  return { is: 'members', ordered: !isAll && (inherited?.ordered ?? true), slots: [...before, ...added] };
};

const membersIn = <M>(slot: M | { readonly is: 'choice'; readonly branches: readonly M[] }): readonly M[] =>
  typeof slot === 'object' && slot !== null && 'branches' in slot ? slot.branches : [slot];

/** The second of two members with one local name carries its namespace in JSON; two of one full name cannot be told apart. */
const giveKeys = (before: readonly Member[], added: readonly DraftMember[], place: string): void => {
  const keys = new Set(before.map((member) => member.key));
  const names = new Set(before.map((member) => expanded(member.name)));
  for (const member of added) {
    const name = expanded(member.name);
    if (names.has(name)) throw new Unsupported(`the element ${member.name.local} at two places of one type`, place);
    names.add(name);
    if (keys.has(member.name.local)) member.key = `${member.name.ns}~${member.name.local}`;
    keys.add(member.key);
  }
};

const particlesIn = (node: Node): Node[] =>
  node.element.children
    .filter((element) => element.ns === xsdNs && particles.has(element.local))
    .map((element) => ({ element, document: node.document }));

const slotsOf = (compiler: SchemaCompiler, node: Node): DraftSlot[] => {
  switch (node.element.local) {
    case 'element': {
      const member = memberOf(compiler, node);
      return member === null ? [] : [member];
    }
    case 'sequence':
    case 'all':
      return occurring(
        compiler,
        node,
        particlesIn(node).flatMap((child) => slotsOf(compiler, child)),
      );
    case 'choice':
      return [choiceOf(compiler, node)];
    case 'group':
      return groupOf(compiler, node);
    default:
      throw new Unsupported(`xs:${node.element.local}`, compiler.place(node));
  }
};

/** A sequence that may be left out or repeated means something else than its members left out or repeated, but for one. */
const occurring = (compiler: SchemaCompiler, node: Node, slots: DraftSlot[]): DraftSlot[] => {
  const { min, max } = occurs(node);
  if (max === 0) return [];
  if (max > 1) throw new Unsupported(`a repeated xs:${node.element.local}`, compiler.place(node));
  if (min === 1 || slots.length === 0) return slots;
  const [only, second] = slots;
  if (only?.is === 'member' && second === undefined && only.max === 1) {
    only.min = 0;
    return slots;
  }
  // All optional already: then the sequence around them adds nothing.
  if (slots.every((slot) => (slot.is === 'member' ? slot.min === 0 : slot.optional))) return slots;
  throw new Unsupported(`an optional xs:${node.element.local} of several members`, compiler.place(node));
};

const groupOf = (compiler: SchemaCompiler, node: Node): DraftSlot[] => {
  const name = compiler.reference(node, 'ref');
  const group = name === null ? null : compiler.global('group', name);
  if (group === null) throw new Unsupported('a group that is not declared', compiler.place(node));
  const { opened } = compiler;
  if (opened.has(group.element)) throw new Unsupported('a group inside itself', compiler.place(node));
  opened.add(group.element);
  try {
    return occurring(
      compiler,
      node,
      particlesIn(group).flatMap((child) => slotsOf(compiler, child)),
    );
  } finally {
    opened.delete(group.element);
  }
};

const choiceOf = (compiler: SchemaCompiler, node: Node): DraftSlot => {
  const { min, max } = occurs(node);
  if (max !== 1) throw new Unsupported('a repeated xs:choice', compiler.place(node));
  const branches: DraftMember[] = [];
  let optional = min === 0;
  for (const slot of particlesIn(node).map((child) => branchOf(compiler, child))) {
    if (slot === null) continue;
    if (slot.is === 'member') {
      branches.push(slot);
      optional ||= slot.min === 0;
    } else {
      branches.push(...slot.branches);
      optional ||= slot.optional;
    }
  }
  return { is: 'choice', optional, branches };
};

const branchOf = (compiler: SchemaCompiler, node: Node): DraftSlot | null => {
  const slots = slotsOf(compiler, node);
  if (slots.length > 1) throw new Unsupported('a choice between groups of members', compiler.place(node));
  if (slots.length === 0 && node.element.local !== 'element') {
    throw new Unsupported('a choice that may be nothing', compiler.place(node));
  }
  return slots[0] ?? null;
};

const memberOf = (compiler: SchemaCompiler, node: Node): DraftMember | null => {
  const { min, max } = occurs(node);
  if (max === 0) return null;
  const reference = compiler.reference(node, 'ref');
  // Its content brings its own schema.
  if (reference?.ns === xsdNs && reference.local === 'schema') {
    throw new Unsupported('an ADO.NET DataSet', compiler.place(node));
  }
  const declared = reference === null ? node : compiler.global('element', reference);
  if (declared === null) throw new Unsupported(`an element that is not declared`, compiler.place(node));
  if (isTrue(attribute(declared.element, 'abstract')))
    throw new Unsupported('an abstract element', compiler.place(node));
  if (reference !== null && compiler.heads.has(expanded(reference))) {
    throw new Unsupported('a substitution group', compiler.place(node));
  }
  const name = reference ?? localName(node);
  const member: DraftMember = {
    is: 'member',
    name,
    key: name.local,
    min,
    max,
    nillable: isTrue(attribute(declared.element, 'nillable')),
    type: notTranslatable(`a type that was not reached (${compiler.place(node)})`),
  };
  compiler.later(() => {
    member.type = fixed(compiler.typeFor(declared), declared, compiler.place(declared));
  });
  return member;
};

const fixed = (type: SchemaType, node: Node, place: string): SchemaType => {
  const value = attribute(node.element, 'fixed');
  if (value === null || type.unsupported !== null) return type;
  if (type.kind === 'complex') return notTranslatable(`a fixed value on a complex type (${place})`);
  return { ...type, facets: [...type.facets, onlyThese(value)] };
};

const localName = (node: Node): QName => {
  const { document, element } = node;
  const form = attribute(element, 'form') ?? attribute(document.root, 'elementFormDefault');
  return { ns: form === 'qualified' ? document.namespace : '', local: attribute(element, 'name') ?? '' };
};

const occurs = ({ element }: Node): { min: number; max: number } => {
  const max = attribute(element, 'maxOccurs') ?? '1';
  return { min: Number(attribute(element, 'minOccurs') ?? '1'), max: max === 'unbounded' ? Infinity : Number(max) };
};
