// What takes an answer back: `GetOrder`, or `GetOrder:{orderId}` with the value of that member in what was asked.
import type { Json } from '../../adapters/adapter.ts';

export interface Template {
  readonly operation: string;
  /** Members of the input, `order.id` for one inside another; empty: the operation as a whole. */
  readonly members: readonly string[];
  /** Unique among contracts. */
  readonly id: string;
  /** Tag of the operation as a whole. */
  readonly whole: string;
}

const pattern = /^([^:{}]+)(?::((?:\{[^{}]+\})(?:[,:]?\{[^{}]+\})*))?$/;

/** `namespace`: what the operations of one contract have in common, whoever offers them. Throws an Error for what is none. */
export const templateOf = (namespace: string, said: string): Template => {
  const [, operation, members = ''] = pattern.exec(said) ?? [];
  if (operation === undefined)
    throw new Error(`found ${said}, expected an operation, or one with members such as GetOrder:{orderId}`);
  const names = membersIn(members);
  const whole = `${namespace}:${operation}`;
  return { operation, members: names, id: `${whole}:${names.join(',')}`, whole };
};

/** `GET /orders/{id}`, or `GET /orders/{id}:{id}` with parameters of its path; null for what is neither. */
export const namedWith = (said: string): Pick<Template, 'operation' | 'members'> | null => {
  const [, operation, members = ''] = /^([A-Z]+ \/\S*?)(?::((?:\{[^{}]+\})(?:[,:]?\{[^{}]+\})*))?$/.exec(said) ?? [];
  return operation === undefined ? null : { operation, members: membersIn(members) };
};

const membersIn = (said: string): string[] => [...said.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);

/** The tag of a call with this input; null where one of the members is not a single value there. */
export const tagOf = ({ id, members, whole }: Template, input: Json): string | null => {
  if (members.length === 0) return whole;
  const values = members.map((member) => valueAt(input, member.split('.')));
  return values.includes(undefined) ? null : `${id}=${JSON.stringify(values)}`;
};

/** Of a read. One that was asked without a single value there (none, several) may be about any of them. */
export const tagsOfRead = (templates: readonly Template[], input: Json): string[] =>
  templates.map((template) => tagOf(template, input) ?? unclear(template));

/** Of a write. What cannot be read may have been about anything: the operation as a whole, then. */
export const tagsOfWrite = (templates: readonly Template[], input: Json): string[] =>
  templates.flatMap((template) => {
    const tag = tagOf(template, input) ?? template.whole;
    return tag === template.whole ? [tag] : [tag, unclear(template)];
  });

const unclear = ({ id }: Template): string => `${id}=?`;

/**
 * What services may take for one id is one: `A-7` and `a-7`, `7` and `07.0`. At worst more is taken back than need be, never less.
 */
export const alike = (text: string): string => {
  const plain = text.trim().toLowerCase();
  const [, sign, whole, fraction = ''] = (plain.length > longestNumber ? null : number.exec(plain)) ?? [];
  if (whole === undefined) return plain;
  return `${sign === '-' ? sign : ''}${whole}${fraction === '' ? '' : '.'}${fraction}`;
};

const number = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/;
/** Characters; the pattern takes its time with long ones. */
const longestNumber = 40;

/** As text: an id is the same id, whether one operation has it as a number and another as text. */
const valueAt = (json: Json, [name, ...rest]: readonly string[]): string | undefined => {
  if (name === undefined) return json === null || typeof json === 'object' ? undefined : alike(String(json));
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return undefined;
  const inside = (json as Readonly<Record<string, Json>>)[name];
  return inside === undefined ? undefined : valueAt(inside, rest);
};
