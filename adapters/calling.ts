// Where an operation's input stands in an HTTP request: path, query, headers, body. Read in both directions: by `http`
// destinations to ask, by the REST face to understand what it is asked.
import type { Calling, ContractOperation } from './adapter.ts';

/** What stands in one place. */
export type Value =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'member'; readonly name: string }
  | { readonly is: 'soapHeader'; readonly name: string };

export interface Bound {
  /** Of a query: as it is written in the address, encoded. Of a header: its name. */
  readonly key: string;
  readonly value: Value;
}

export interface Bindings {
  readonly method: string;
  /** `/orders/{orderId}`, without query. */
  readonly path: string;
  /** What the path's `{…}` are, in order. */
  readonly parameters: readonly Value[];
  readonly query: readonly Bound[];
  readonly headers: readonly Bound[];
  /** `none`: the method has none. `rest`: an object of every member that is not in `placed`. */
  readonly body: 'none' | 'rest' | { readonly member: string };
  /** Members that path, query, headers, or a body that is one member, take. */
  readonly placed: readonly string[];
}

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** What is between braces. */
const placeholder = /\{([^}]*)\}/g;

/**
 * Compiles `call`; null is `POST /{operation}` with everything in the body. Throws a plain Error for a `{name}` that is no
 * member of the input, for one that stands in two places, and for members that stand nowhere although the method has no body.
 */
export const bindingsOf = (call: Calling | null, operation: ContractOperation): Bindings => {
  const { request, headers, body } = call ?? { request: `POST /${operation.name}`, headers: {}, body: null };
  const [method = '', target = ''] = request.split(' ');
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  const query = question === -1 ? [] : target.slice(question + 1).split('&');
  const http = {
    method,
    path,
    parameters: [...path.matchAll(placeholder)].map(([, name = '']) => named(name)),
    query: query.map(pair).map(([key, value]) => ({ key, value: valueOf(value) })),
    headers: Object.entries(headers).map(([key, value]) => ({ key, value: valueOf(value) })),
  };
  const placed = [...http.parameters, ...[...http.query, ...http.headers].map(({ value }) => value)].flatMap((value) =>
    value.is === 'member' ? [value.name] : [],
  );
  if (body !== null) placed.push(body);
  checkMembers(placed, operation);
  const unbound = operation.inputs.filter((name) => !placed.includes(name));
  if (bodiless.has(method)) {
    if (body !== null) throw new Error(`${method} has no body; expected {${body}} in path, query or headers`);
    if (unbound.length > 0) throw new Error(`${method} has no body, and nothing says where ${list(unbound)}`);
    return { ...http, placed, body: 'none' };
  }
  if (body !== null && unbound.length > 0)
    throw new Error(`the body is {${body}}, and nothing says where ${list(unbound)}`);
  return { ...http, placed, body: body === null ? 'rest' : { member: body } };
};

const list = (names: readonly string[]): string =>
  `${names.map((name) => `{${name}}`).join(', ')} ${names.length === 1 ? 'stands' : 'stand'}; expected ` +
  `${names.length === 1 ? 'it' : 'each'} in path, query or headers`;

const checkMembers = (members: readonly string[], { inputs }: ContractOperation): void => {
  for (const [at, name] of members.entries()) {
    if (!inputs.includes(name)) {
      const known = inputs.length === 0 ? 'it has none' : `it has ${inputs.join(', ')}`;
      throw new Error(`{${name}} is no member of the operation's input; ${known}`);
    }
    if (members.indexOf(name) !== at) throw new Error(`{${name}} stands in two places; expected one`);
  }
};

const named = (name: string): Value =>
  name.startsWith('soapHeader:') ? { is: 'soapHeader', name: name.slice(11) } : { is: 'member', name };

const valueOf = (text: string): Value => {
  const name = /^\{([^}]*)\}$/.exec(text)?.[1];
  if (name === undefined && /[{}]/.test(text)) throw new Error(`found "${text}", expected a constant, or {name} alone`);
  return name === undefined ? { is: 'text', text } : named(name);
};

const pair = (text: string): readonly [key: string, value: string] => {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};
