// Which simple types may stand in for which (XML Schema 1.0 part 1 §3.14.6, "Type Derivation OK (Simple)").
import { xsdNs } from '../xml/namespaces.ts';
import { builtinType } from './simple-types.ts';
import { sameName } from '../xml/qname.ts';
import type { SimpleType } from './types.ts';

/** Is `type` the declared one, one that restricts it, or one of its branches? */
export const mayStandFor = (type: SimpleType, declared: SimpleType): boolean => {
  if (declared.name?.ns === xsdNs && declared.name.local === 'anySimpleType') return true;
  for (let each: SimpleType | null = type; each !== null; each = baseOf(each)) {
    if (each.name !== null && declared.name !== null && sameName(each.name, declared.name)) return true;
  }
  return declared.union?.some((branch) => mayStandFor(type, branch)) ?? false;
};

const baseOf = ({ name, base }: SimpleType): SimpleType | null => {
  if (base !== null || name?.ns !== xsdNs) return base;
  const local = bases.get(name.local);
  return local === undefined ? null : builtinType({ ns: xsdNs, local }, '');
};

// XML Schema part 2 §3: each is the base of those after it.
const chains = [
  'string normalizedString token language',
  'token NMTOKEN',
  'token Name NCName ID',
  'NCName IDREF',
  'decimal integer long int short byte',
  'integer nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte',
  'nonNegativeInteger positiveInteger',
  'integer nonPositiveInteger negativeInteger',
];
const bases: ReadonlyMap<string, string> = new Map(
  chains.flatMap((chain) => {
    const names = chain.split(' ');
    return names.slice(1).map((name, at) => [name, names[at] ?? ''] as const);
  }),
);
