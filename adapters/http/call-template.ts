// How an operation's input becomes an HTTP request: `GET /orders/{orderId}?full={full}`.
import type { Ask, Json } from '../adapter.ts';
import type { Bindings, Bound, Value } from '../calling.ts';
import { jsonText } from '../json-text.ts';
import { RequestError } from '../errors.ts';

export interface HttpAsk {
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value, …. */
  readonly headers: readonly string[];
  /** null: no body. */
  readonly body: Json | null;
}

type Asking = Pick<Ask, 'input' | 'soapHeader'>;

/** Throws RequestError for an input that cannot stand where it should: nothing was asked yet. */
export const callTemplate = (bindings: Bindings): ((ask: Asking) => HttpAsk) => {
  const { method, parameters, query, headers } = bindings;
  const texts = bindings.path.split(/\{[^}]*\}/);
  return (ask) => {
    const path = texts.reduce((before, text, at) => before + segment(parameters[at - 1]!, ask) + text);
    const pairs = query.flatMap((each) => pairsOf(each, ask));
    return {
      method,
      target: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
      headers: headers.flatMap((each) => headerLine(each, ask)),
      body: bodyOf(bindings, ask.input),
    };
  };
};

const memberOf = (input: Json, name: string): Json | undefined =>
  typeof input === 'object' && input !== null && !Array.isArray(input) && Object.hasOwn(input, name)
    ? (input as Readonly<Record<string, Json>>)[name]
    : undefined;

/** Where an error is told: a JSON pointer into the input. */
const pointer = (value: Value): string => (value.is === 'member' ? `/${value.name}` : '');

const scalar = (json: Json | undefined, value: Value): string | null => {
  if (json === undefined || json === null) return null;
  if (typeof json === 'object')
    throw new RequestError(pointer(value), 'a structure cannot stand in path, query or headers');
  return typeof json === 'number' ? jsonText(json) : String(json);
};

const textOf = (value: Value, { input, soapHeader }: Asking): string | null => {
  if (value.is === 'text') return value.text;
  return value.is === 'soapHeader' ? soapHeader(value.name) : scalar(memberOf(input, value.name), value);
};

const segment = (value: Value, ask: Asking): string => {
  const text = textOf(value, ask);
  if (text === null || text === '' || text === '.' || text === '..')
    throw new RequestError(pointer(value), 'absent, empty or a dot segment, and the path needs it');
  return encodeURIComponent(text);
};

/** What is absent or nil leaves its pair out; a list is a pair for each of its items. */
const pairsOf = ({ key, value }: Bound, ask: Asking): string[] => {
  // A constant stands in the file as it is to be sent.
  if (value.is === 'text') return [value.text === '' ? key : `${key}=${value.text}`];
  const member = value.is === 'member' ? memberOf(ask.input, value.name) : undefined;
  const texts = Array.isArray(member)
    ? (member as readonly Json[]).map((item) => scalar(item, value))
    : [textOf(value, ask)];
  return texts.flatMap((text) => (text === null ? [] : [`${key}=${encodeURIComponent(text)}`]));
};

const headerLine = ({ key, value }: Bound, ask: Asking): string[] => {
  const text = textOf(value, ask);
  if (text === null) return [];
  // RFC 9110 §5.5: no control characters; beyond ASCII nobody agrees on an encoding.
  if (!/^[\t\u0020-\u007e]*$/.test(text) || text.trim() !== text)
    throw new RequestError(pointer(value), `a text that the header ${key} cannot carry`);
  return [key, text];
};

const bodyOf = ({ body, placed }: Bindings, input: Json): Json | null => {
  if (typeof body === 'object') {
    const member = memberOf(input, body.member);
    if (member === undefined) throw new RequestError(`/${body.member}`, 'absent, and it is the body');
    return member;
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return body === 'none' ? null : input;
  const left = Object.entries(input).filter(([name]) => !placed.includes(name));
  if (body === 'rest') return Object.fromEntries(left);
  const [homeless] = left;
  if (homeless !== undefined)
    throw new RequestError(`/${homeless[0]}`, 'stands nowhere in the request, which has no body');
  return null;
};
