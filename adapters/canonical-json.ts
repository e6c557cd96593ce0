// JSON that is equal as text where it is equal in meaning.
import type { Json } from './adapter.ts';

/** Members in one order. `-0` is not `0`: a service may tell them apart. */
export const canonicalJson = (json: Json): string => {
  if (Object.is(json, -0)) return '-0';
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map((each: Json) => canonicalJson(each)).join(',')}]`;
  const members = Object.entries(json as Readonly<Record<string, Json>>).toSorted(byName);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${canonicalJson(value)}`).join(',')}}`;
};

const byName = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => (a < b ? -1 : a > b ? 1 : 0);
