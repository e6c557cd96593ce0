// Which prefix stands for which namespace in what we write. Fixed per contract, so that start tags are compiled once.
import { xmlNs, xmlnsNs, xsdNs, xsiNs } from '../xml/namespaces.ts';
import { membersOf } from '../schema/types.ts';
import type { SchemaType } from '../schema/types.ts';

/** Prefix of `xsi:nil` and `xsi:type`; WCF's. */
export const instancePrefix = 'i';
/** Prefix of names in XML Schema, in `xsi:type`. */
export const schemaPrefix = 'x';
/** Of envelopes, by server; and of addressing headers. */
export const envelopePrefixes: readonly string[] = ['s', 'soap', 'soapenv', 'SOAP-ENV', 'env', 'a'];
// Taken, or better left to the envelope: i and x (above), s (SOAP).
const letters = 'abcdefghjklmnopqrtuvwyz';

/** Namespaces that messages may need a prefix for. */
interface Named {
  /** Types that may stand where anything may. */
  readonly types: ReadonlyMap<string, SchemaType>;
  /** Of messages; these come after those of members. */
  readonly roots: Iterable<string>;
  /** What faults may have to themselves; these come last. */
  readonly others: Iterable<string>;
}

/** Prefixes for every namespace that the types reach, in order of first use: a, b, c, …, then n1, n2, … */
export const prefixesFor = (
  types: Iterable<SchemaType>,
  { types: named, roots, others }: Named,
): ReadonlyMap<string, string> => {
  const namespaces = new Set<string>();
  const seen = new Set<SchemaType>();
  const visit = (type: SchemaType): void => {
    if (seen.has(type) || type.kind === 'simple') return;
    seen.add(type);
    for (const member of membersOf(type)) namespaces.add(member.name.ns);
    for (const attribute of type.attributes) namespaces.add(attribute.name.ns);
    for (const member of membersOf(type)) visit(member.type);
    for (const derived of type.derived.values()) {
      namespaces.add(derived.name?.ns ?? '');
      visit(derived);
    }
    if (type.derived.size > 0) namespaces.add(type.name?.ns ?? '');
    if (type.content.is === 'any') for (const each of named.values()) anywhere(each);
  };
  const anywhere = (type: SchemaType): void => {
    namespaces.add(type.name?.ns ?? '');
    visit(type);
  };
  for (const type of types) visit(type);
  // Roots stand as the default namespace mostly, so the others get the first letters.
  const own = new Set(roots);
  const ordered = [...[...namespaces].filter((ns) => !own.has(ns)), ...own, ...others];
  const prefixes = new Map([
    [xsiNs, instancePrefix],
    [xmlNs, 'xml'],
  ]);
  let next = 0;
  for (const ns of ordered) {
    if (ns === '' || ns === xsdNs || ns === xmlnsNs || prefixes.has(ns)) continue;
    prefixes.set(ns, letters[next] ?? `n${next - letters.length + 1}`);
    next += 1;
  }
  return prefixes;
};
