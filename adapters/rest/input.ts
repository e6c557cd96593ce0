// From a REST request to the operation's input: path, query, headers and body put together, strictly, by the contract.
import type { Call, Deadline, Json, Raw } from '../adapter.ts';
import type { Bound, Value } from '../calling.ts';
import { AdapterError, RequestError } from '../errors.ts';
import { exactJson } from '../http/exact-json.ts';
import { JsonError } from '../http/json-reader.ts';
import { decodeRequestInSlices, encodeRequestInSlices } from '../soap/contract/codec.ts';
import { checkKeys, objectOf } from '../soap/contract/reading/members.ts';
import type { Blocks } from '../soap/contract/message.ts';
import { wcf } from '../soap/contract/dialect.ts';
import { Misfit } from '../soap/contract/values/misfit.ts';
import type { RestOperation } from './face.ts';
import { memberOf, parameterValue } from './parameter.ts';

/** Bytes of a request body; the same bound as for SOAP requests that are translated. */
const most = 1024 * 1024;

/** One thing that is wrong. `pointer`: a fragment into the body (RFC 6901 §6), else the parameter's place and name. */
export type InputError =
  | { readonly detail: string; readonly pointer: string }
  | { readonly detail: string; readonly in: 'path' | 'query' | 'header'; readonly parameter: string };

/** A request that is no call of its operation. */
export class Unfit extends Error {
  readonly status: 400 | 413 | 415;
  readonly code: string;
  readonly errors: readonly InputError[];
  readonly lines: Raw;
  constructor(message: string, how: { status?: 400 | 413 | 415; errors?: readonly InputError[]; lines?: Raw } = {}) {
    super(message);
    this.status = how.status ?? 400;
    this.code = this.status === 415 ? 'ERR_MEDIA_TYPE' : this.status === 413 ? 'ERR_TOO_LARGE' : 'ERR_CONTRACT';
    this.errors = how.errors ?? [];
    this.lines = how.lines ?? [];
  }
}

/** Throws Unfit for what the client has to change; AdapterError for a body that did not arrive. */
export const readInput = async (one: RestOperation, call: Call, deadline: Deadline): Promise<Input> => {
  const placed = placedMembers(one, call);
  const { headers, json } = split(one, await bodyJson(one, call, deadline));
  return await exact(one, { headers, input: joined(one, placed, json) });
};

interface Input {
  readonly input: Json;
  readonly headers: Blocks;
}

const none: Blocks = Object.freeze({});

/** Header blocks stand in the body as `$headers`, which is no name of a member. */
const split = (
  { headers }: RestOperation,
  json: Json | undefined,
): { readonly headers: Blocks; readonly json: Json | undefined } => {
  if (headers.length === 0 || typeof json !== 'object' || json === null || !Object.hasOwn(json, '$headers'))
    return { headers: none, json };
  const { $headers, ...members } = json as Readonly<Record<string, Json>>;
  try {
    const blocks = objectOf($headers ?? null);
    const keys = headers.map(({ key }) => key);
    checkKeys(blocks, keys);
    return { headers: blocks, json: members };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw misfits([{ detail: error.message, pointer: pointerTo(`/$headers${error.pointer}`) }]);
  }
};

type Placed = ReadonlyMap<
  string,
  { readonly place: 'path' | 'query' | 'header'; readonly key: string; readonly json: Json }
>;

const placedMembers = (one: RestOperation, call: Call): Placed => {
  const { bindings } = one;
  const found = new Map<string, { place: 'path' | 'query' | 'header'; key: string; json: Json }>();
  const errors: InputError[] = [];
  const put = (place: 'path' | 'query' | 'header', { key, value }: Bound, texts: readonly string[]): void => {
    if (value.is !== 'member' || texts.length === 0) return;
    try {
      found.set(value.name, { place, key, json: parameterValue(memberOf(one.operation, value.name), texts) });
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      errors.push({ detail: error.message, in: place, parameter: key });
    }
  };
  for (const [value, text] of pathTexts(one, call.head.target))
    put('path', { key: value.is === 'member' ? value.name : '', value }, [text]);
  const query = queryTexts(call.head.target);
  for (const { key, value } of bindings.query) {
    const name = decoded(key) ?? key;
    put('query', { key: name, value }, query.get(name) ?? []);
    query.delete(name);
  }
  for (const name of query.keys()) {
    const known = bindings.query.map(({ key }) => key);
    const expected = known.length === 0 ? 'none' : known.join(', ');
    errors.push({ detail: `not known; expected ${expected}`, in: 'query', parameter: name.slice(0, 60) });
  }
  for (const { key, value } of bindings.headers) {
    const text = call.header(key.toLowerCase());
    put('header', { key, value }, text === null ? [] : [text]);
  }
  if (errors.length > 0) throw misfits(errors);
  return found;
};

const misfits = (errors: readonly InputError[]): Unfit => {
  const [first] = errors;
  const where =
    first === undefined ? '' : 'pointer' in first ? first.pointer : `${first.in} parameter ${first.parameter}`;
  return new Unfit(`The request does not fit the contract: ${where}: ${first?.detail}.`, { errors });
};

/** Segments that the path's parameters stand for; the path is known to fit. */
const pathTexts = ({ bindings }: RestOperation, target: string): (readonly [Value, string])[] => {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
  const wanted = bindings.path.split('/');
  const there = path.split('/');
  const last = wanted.length - 1;
  let at = 0;
  return wanted.flatMap((segment, index): (readonly [Value, string])[] => {
    if (!segment.startsWith('{')) return [];
    const value = bindings.parameters[at++]!;
    const text = decoded(there[there.length - 1 - (last - index)] ?? '');
    if (text === null) throw new Unfit('The path is not percent-encoded UTF-8.');
    return [[value, text]];
  });
};

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const queryTexts = (target: string): Map<string, string[]> => {
  const at = target.indexOf('?');
  const found = new Map<string, string[]>();
  for (const pair of at === -1 ? [] : target.slice(at + 1).split('&')) {
    if (pair === '') continue;
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair.replaceAll('+', '%20')) ?? [];
    const [name, text] = [decoded(key), decoded(value)];
    if (name === null || text === null) throw new Unfit('The query is not percent-encoded UTF-8.');
    found.set(name, [...(found.get(name) ?? []), text]);
  }
  return found;
};

/** The body's JSON; undefined where there is none. */
const bodyJson = async ({ bindings }: RestOperation, call: Call, deadline: Deadline): Promise<Json | undefined> => {
  const bytes = await wholeBody(call, deadline);
  if (bytes.length === 0) return undefined;
  if (bindings.body === 'none') throw new Unfit(`A body, which ${bindings.method} has not; expected none.`);
  checkMediaType(call);
  try {
    return await exactJson(bytes);
  } catch (error) {
    const found = error instanceof JsonError ? error : { message: 'no JSON in UTF-8', pointer: '' };
    const errors = [{ detail: found.message, pointer: pointerTo(found.pointer) }];
    throw new Unfit('The body is no JSON in UTF-8, or not one that all readers read alike.', { errors });
  }
};

const wholeBody = async (call: Call, deadline: Deadline): Promise<Buffer> => {
  try {
    return await call.body.whole(most, deadline);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.code !== 'ERR_TOO_LARGE') throw error;
    throw new Unfit(`A body of over ${most} bytes.`, { status: 413 });
  }
};

const checkMediaType = (call: Call): void => {
  const type = call.header('content-type') ?? '';
  const media = type.split(';', 1)[0]!.trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  const coding = (call.header('content-encoding') ?? 'identity').trim().toLowerCase();
  const isJson = media === 'application/json' || /^application\/[^/]+\+json$/.test(media);
  if (isJson && charset === 'utf-8' && coding === 'identity') return;
  const found = coding === 'identity' ? (type === '' ? 'no content type' : type.slice(0, 60)) : coding.slice(0, 60);
  const lines = coding === 'identity' ? ['Accept-Post', 'application/json'] : ['Accept-Encoding', 'identity'];
  throw new Unfit(`Found ${found}, expected application/json in UTF-8.`, { status: 415, lines });
};

const joined = ({ bindings }: RestOperation, placed: Placed, json: Json | undefined): Json => {
  const members: Record<string, Json> = {};
  const put = (name: string, value: Json): void => {
    Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
  };
  for (const [name, { json: value }] of placed) put(name, value);
  if (json === undefined) return members;
  if (typeof bindings.body === 'object') {
    put(bindings.body.member, json);
    return members;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    // An input that is no object as such; then nothing can stand elsewhere.
    if (placed.size === 0) return json;
    throw misfits([{ detail: 'no object; expected one of the members', pointer: '#' }]);
  }
  for (const [name, value] of Object.entries(json)) {
    if (bindings.placed.includes(name))
      throw misfits([
        { detail: 'stands in path, query or headers, not in the body', pointer: pointerTo(`/${escaped(name)}`) },
      ]);
    put(name, value);
  }
  return members;
};

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const pointerTo = (pointer: string): string => `#${encodeURI(pointer)}`;

/** The input as the contract has it: written once, read back. Both sides are asked exactly this. */
const exact = async (one: RestOperation, { input, headers }: Input): Promise<Input> => {
  const { operation } = one;
  try {
    const bytes = await encodeRequestInSlices(operation, input, { version: '1.1', dialect: wcf, blocks: headers });
    const read = await decodeRequestInSlices(operation, bytes, wcf.contentType['1.1']);
    return { input: read.input, headers: read.blocks };
  } catch (error) {
    const misfit = misfitOf(error);
    if (misfit === null) throw error;
    throw misfits([placeOf(one, misfit)]);
  }
};

const misfitOf = (error: unknown): Misfit | null => {
  if (!(error instanceof AdapterError) && !(error instanceof RequestError)) return null;
  return error.cause instanceof Misfit ? error.cause : null;
};

/** Where the client wrote what does not fit. */
const placeOf = ({ bindings }: RestOperation, misfit: Misfit): InputError => {
  const [first = '', ...inner] = misfit.steps;
  const detail = misfit.message;
  const pathAt = bindings.parameters.some((value) => value.is === 'member' && value.name === first);
  if (pathAt) return { detail, in: 'path', parameter: String(first) };
  for (const place of ['query', 'headers'] as const) {
    const bound = bindings[place].find(({ value }) => value.is === 'member' && value.name === first);
    if (bound !== undefined) return { detail, in: place === 'query' ? 'query' : 'header', parameter: bound.key };
  }
  if (typeof bindings.body !== 'object') return { detail, pointer: pointerTo(misfit.pointer) };
  return { detail, pointer: pointerTo(inner.map((step) => `/${escaped(String(step))}`).join('')) };
};
