// An example of a simple type that its codec takes, always the same one.
import { textCodec } from '../contract/values/simple.ts';
import { samplesOf } from './sample-text.ts';
import type { Json } from '../../adapter.ts';
import type { Facets, SimpleType } from '../contract/schema/types.ts';

const texts: Readonly<Record<string, string>> = {
  boolean: 'true',
  decimal: '12.50',
  float: '1.5',
  double: '1.5',
  dateTime: '2024-03-10T12:34:56',
  date: '2024-03-10',
  time: '12:34:56',
  gYear: '2024',
  gYearMonth: '2024-03',
  gMonth: '--03',
  gMonthDay: '--03-10',
  gDay: '---10',
  duration: 'PT1H30M',
  base64Binary: 'VGV4dA==',
  hexBinary: '54657874',
  guid: '0f8fad5b-d9cb-469f-a165-70867728950e',
  QName: 'name',
  language: 'en',
  anyURI: 'https://example.com/',
};
/** Tried for every type: one of them fits most. */
const usual = ['text', '1', '0', '-1', 'A', 'AAAA', 'a.b', '2024-03-10T12:34:56Z'];

/** undefined where none is found. */
export const simpleExample = (type: SimpleType): Json | undefined => {
  const codec = textCodec(type);
  for (const text of candidatesOf(type)) {
    try {
      return codec.read(text, null);
    } catch {
      // Not this one.
    }
  }
  return undefined;
};

function* candidatesOf(type: SimpleType): Generator<string> {
  const facets = [...type.facets, ...(type.item?.facets ?? [])];
  for (const each of facets) yield* each.enumeration ?? [];
  const own = texts[type.builtin];
  if (own !== undefined) yield own;
  yield* usual;
  for (const each of facets) yield* near(each);
  for (const each of facets) for (const pattern of each.patterns ?? []) yield* samplesOf(pattern);
  // Lists and strings of a certain length.
  const [first = 'A'] = usual;
  for (let length = 1; length <= 64; length += 1) {
    yield 'A'.repeat(length);
    yield '1'.repeat(length);
    yield Array.from({ length }, () => own ?? first).join(' ');
    yield Buffer.alloc(length).toString(type.builtin === 'hexBinary' ? 'hex' : 'base64');
  }
}

function* near(facets: Facets): Generator<string> {
  const { minInclusive, maxInclusive, minExclusive, maxExclusive } = facets;
  for (const limit of [minInclusive, maxInclusive]) if (limit !== null) yield limit;
  for (const limit of [minExclusive, maxExclusive]) {
    if (limit === null) continue;
    for (const step of [1, -1, 0.5, -0.5, 0.001, -0.001]) yield String(Number(limit) + step);
  }
}
