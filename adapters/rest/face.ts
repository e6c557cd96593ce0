// A contract offered as REST: each of its operations at a method and a path.
import type { Calling, RestOptions } from '../adapter.ts';
import { bindingsOf, type Bindings, type Value } from '../calling.ts';
import { memberOf } from './parameter.ts';
import { headersBeside } from '../soap/contract/headed-message.ts';
import type { HeaderBlock } from '../soap/contract/message.ts';
import type { SoapContract, SoapOperation } from '../soap/contract/contract.ts';

export interface RestOperation {
  readonly operation: SoapOperation;
  /** Where its input stands; `path` is below the mount. */
  readonly bindings: Bindings;
  /** Blocks that its body may have as `$headers`. */
  readonly headers: readonly HeaderBlock[];
}

/** All that a document about the face can tell. */
export interface RestFace {
  readonly contract: SoapContract;
  /** What stands before every path, such as `/api/orders`; empty at the root. */
  readonly mount: string;
  /** By name; those that can be translated. */
  readonly operations: ReadonlyMap<string, RestOperation>;
  /** Which operation a call asks for; HEAD is asked as GET. */
  readonly find: (method: string, target: string) => RestOperation | null;
  /** Methods that are allowed at a target, in alphabetical order; empty: nothing is there. */
  readonly allowed: (target: string) => readonly string[];
}

/** A document that the face itself has, such as its description. */
export interface OwnDocument {
  /** Below the mount, such as `/openapi.json`. */
  readonly path: string;
  readonly type: string;
  /** Made when first asked for. */
  readonly bytes: () => Buffer;
}

/** Throws a plain Error that says what is wrong with a `call`, or which two are the same. */
export const restFace = (contract: SoapContract, { mount, calls, lookup }: Omit<RestOptions, 'contract'>): RestFace => {
  const operations = new Map<string, RestOperation>();
  const places = new Map<string, RestOperation>();
  for (const operation of contract.operations.values()) {
    if (operation.passThroughOnly !== null) continue;
    const bindings = restBindings(calls.get(operation.name) ?? null, operation);
    const headers = bindings.body === 'rest' && operation.messages !== null ? headersBeside(operation.messages) : [];
    const one = { operation, bindings, headers };
    operations.set(operation.name, one);
    const place = `${bindings.method} ${mount}${bindings.path}`;
    const other = places.get(place);
    if (other !== undefined)
      throw new Error(`${other.operation.name} and ${operation.name} are both at ${bindings.method} ${bindings.path}`);
    places.set(place, one);
  }
  const named = lookup([...places.keys()]);
  const methods = [...new Set([...operations.values()].map(({ bindings }) => bindings.method))];
  const exactly = (method: string, target: string): RestOperation | null => {
    const name = named(method, target) ?? named(method, slashless(target));
    return name === null ? null : (places.get(name) ?? null);
  };
  return {
    contract,
    mount,
    operations,
    find: (method, target) => exactly(method, target) ?? (method === 'HEAD' ? exactly('GET', target) : null),
    allowed: (target) => {
      const found = methods.filter((method) => exactly(method, target) !== null);
      if (found.length === 0) return found;
      return [...new Set([...found, ...(found.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].toSorted();
    },
  };
};

const dotted = /(?:\/|\\|%2F|%5C)(?:\.|%2E){1,2}(?:[/\\;]|%2F|%5C|%3B|$)/i;

/**
 * Whoever looks paths up cannot know how the next server reads `%2F`; here nobody comes after us, and it is a slash in a
 * value, which is decoded once the operation is known. Not beside dot segments: a service that is asked with such a value
 * may read it as a path.
 */
const slashless = (target: string): string => {
  const at = target.indexOf('?');
  const path = at === -1 ? target : target.slice(0, at);
  return dotted.test(path) ? target : path.replaceAll(/%2F/gi, '%1A');
};

/** `call` as a place where clients ask. Throws a plain Error. */
export const restBindings = (call: Calling | null, operation: SoapOperation): Bindings => {
  const bindings = bindingsOf(call, operation);
  const check = (value: Value, isPath: boolean): void => {
    if (value.is === 'soapHeader')
      throw new Error(`{soapHeader:${value.name}} says nothing to clients that speak no SOAP`);
    if (value.is === 'text') return;
    const type = memberOf(operation, value.name);
    if (type === null) throw new Error(`{${value.name}} is a structure; expected it in the body`);
    if (isPath && type.repeats) throw new Error(`{${value.name}} is a list; expected it in the query or in the body`);
  };
  for (const value of bindings.parameters) check(value, true);
  for (const { value } of [...bindings.query, ...bindings.headers]) check(value, false);
  return bindings;
};
