// How an operation's input becomes an HTTP request: `GET /orders/{orderId}?full={full}`.
import type { Json } from '../adapter.ts';
import { RequestError } from '../errors.ts';

export interface HttpAsk {
  readonly method: string;
  readonly target: string;
  /** Members that the template did not name, for methods that carry a body; null: no body. */
  readonly body: Json | null;
}

/** `call` → how to ask. Throws an Error naming a `{parameter}` that is no member of the input. */
export const callTemplate = (call: string, inputs: readonly string[]): ((input: Json) => HttpAsk) => {
  const [method = '', pattern = ''] = call.split(' ');
  const question = pattern.indexOf('?');
  const path = question === -1 ? pattern : pattern.slice(0, question);
  const query =
    question === -1
      ? []
      : pattern
          .slice(question + 1)
          .split('&')
          .map(pair);
  const named = [...pattern.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  for (const name of named) if (!inputs.includes(name)) throw new UnknownParameter(name, inputs);
  const carriesBody = method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
  return (input) => {
    const members = membersOf(input);
    const filled = path.replace(/\{([^}]*)\}/g, (_, name: string) => encodeURIComponent(required(members, name)));
    const pairs = query.flatMap(([key, value]) => filledPair(key, value, members));
    const target = pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
    return { method, target, body: carriesBody ? without(members, named) : null };
  };
};

export class UnknownParameter extends Error {
  readonly parameter: string;
  readonly known: readonly string[];
  constructor(parameter: string, known: readonly string[]) {
    super(`{${parameter}} is no member of the operation's input`);
    this.parameter = parameter;
    this.known = known;
  }
}

type Members = { readonly [name: string]: Json };

const membersOf = (input: Json): Members =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Members) : {};

const scalar = (members: Members, name: string): string | null => {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  if (value === undefined || value === null) return null;
  if (typeof value === 'object') throw new RequestError(`/${name}`, 'a structure cannot stand in a path or query');
  return String(value);
};

const required = (members: Members, name: string): string => {
  const value = scalar(members, name);
  if (value === null || value === '' || value === '.' || value === '..') {
    throw new RequestError(`/${name}`, 'absent, empty or a dot segment, and the path needs it');
  }
  return value;
};

const pair = (text: string): readonly [key: string, value: string] => {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** A parameter that is absent or nil leaves its pair out. */
const filledPair = (key: string, value: string, members: Members): string[] => {
  const name = /^\{([^}]*)\}$/.exec(value)?.[1];
  if (name === undefined) return [`${key}=${value}`];
  const found = scalar(members, name);
  return found === null ? [] : [`${key}=${encodeURIComponent(found)}`];
};

const without = (members: Members, named: readonly string[]): Json =>
  named.length === 0 ? members : Object.fromEntries(Object.entries(members).filter(([name]) => !named.includes(name)));
