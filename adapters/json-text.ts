// JSON.stringify, but for the sign of -0, which JSON has and xs:double tells apart.
import type { Json } from './adapter.ts';

/** `json` as text; `-0` stays `-0`. */
export const jsonText = (json: Json): string => {
  const text = JSON.stringify(json);
  return loneZero.test(text) && hasMinusZero(json) ? signed(json) : text;
};

// What -0 became stands alone; whether one of these is -0, the values are asked only where there is one.
const loneZero = /(?:^|[:[,])0(?:$|[,\]}])/;

const hasMinusZero = (json: Json | undefined): boolean => {
  if (typeof json !== 'object' || json === null) return Object.is(json, -0);
  return Object.values(json as Readonly<Record<string, Json>>).some(hasMinusZero);
};

const signed = (json: Json): string => {
  if (Object.is(json, -0)) return '-0';
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map((each: Json) => signed(each)).join(',')}]`;
  const members = Object.entries(json as Readonly<Record<string, Json>>);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${signed(value)}`).join(',')}}`;
};
