// One message of an operation: what stands in the Body, and what that is in JSON.
import { below, Misfit } from './values/misfit.ts';
import { checkKeys, objectOf, setMember } from './reading/members.ts';
import { leafSlots } from './schema/types.ts';
import type { Json } from '../../adapter.ts';
import type { QName } from './xml/qname.ts';
import { Decoder } from './reading/decoder.ts';
import type { Declared, Shapes } from './reading/shapes.ts';
import type { ComplexType, ElementDeclaration, Member } from './schema/types.ts';
import type { Writers } from './writing/writer.ts';

/** What a message is in JSON, for documents about it. */
export type MessageShape =
  /** An object without members. */
  | { readonly is: 'nothing' }
  /** Members of a type, whatever the type looks like. */
  | { readonly is: 'members'; readonly type: ComplexType }
  | { readonly is: 'value'; readonly declared: Declared }
  /** An object with one member, which may be left out where it is `optional`. */
  | { readonly is: 'scalar'; readonly key: string; readonly declared: Declared; readonly optional: boolean }
  /** The one member of a wrapper; `{ "$absent": true }` where there is no such element. */
  | { readonly is: 'sole'; readonly member: Member }
  /** `$headers`, beside the members of the body's object, or with the body as `$body`. */
  | {
      readonly is: 'headed';
      readonly blocks: readonly HeaderBlock[];
      readonly body: MessageShape;
      readonly isBeside: boolean;
    };

/** A header block that the contract declares for a message. */
export interface HeaderBlock {
  /** Its name in JSON: the local name; the expanded one where an earlier block has that. */
  readonly key: string;
  readonly name: QName;
  readonly codec: MessageCodec;
}

/** Header blocks by their names in JSON. */
export type Blocks = Readonly<Record<string, Json>>;

/** Where header blocks are part of what a message says. */
export interface HeaderPart {
  readonly blocks: readonly HeaderBlock[];
  /** Body and blocks together; every block of the contract is told, one that is not there as `{ "$absent": true }`. */
  join(json: Json, found: Blocks): Json;
  /** All blocks as text. Throws Misfit, also where one is not told of. */
  write(json: Json): string;
}

export interface MessageCodec {
  /** First child of Body, or of a fault's detail; null: there is none. */
  readonly element: QName | null;
  readonly shape: MessageShape;
  /** Reads the element: one for each message. Its methods throw Misfit. */
  decoder(): Decoder;
  /** What an element means that its decoder has read; null: there was none, for a message that has none. */
  value(read: Json): Json;
  /** The element as text, namespaces declared. Throws Misfit. */
  write(json: Json): string;
  /** Absent: no block is part of it. `value` knows nothing of them, `write` takes them and passes them over. */
  readonly headers?: HeaderPart;
}

export interface Codecs {
  readonly shapes: Shapes;
  readonly writers: Writers;
}

/** An empty Body: `{}`. */
export const emptyMessage: MessageCodec = {
  element: null,
  shape: { is: 'nothing' },
  decoder: () => {
    throw new Error('nothing stands in the Body');
  },
  value: () => ({}),
  write(json) {
    if (json !== null) checkKeys(objectOf(json), []);
    return '';
  },
};

/** Request of an operation: the object of the wrapper's members, or what the bare element is. */
export const requestMessage = (
  declared: ElementDeclaration,
  wrapper: ComplexType | null,
  codecs: Codecs,
): MessageCodec => {
  if (wrapper !== null) return wrapped(declared, wrapper, codecs);
  return declared.type.kind === 'simple'
    ? scalar(declared, declared.name.local, codecs)
    : bareMessage(declared, codecs);
};

/** Reply of an operation. A single member is the answer itself; where that is no object or list, it is `{ "result": … }`. */
export const replyMessage = (
  declared: ElementDeclaration,
  wrapper: ComplexType | null,
  codecs: Codecs,
): MessageCodec => {
  if (wrapper === null)
    return declared.type.kind === 'simple' ? scalar(declared, 'result', codecs) : bareMessage(declared, codecs);
  const message = wrapped(declared, wrapper, codecs);
  const [only, second] = wrapper.content.is === 'members' ? wrapper.content.slots : [];
  if (only === undefined) return { ...message, write: (json) => message.write(json ?? {}) };
  return second === undefined && only.is === 'member' ? unwrapped(message, only) : message;
};

/** The value of an element as it is: detail of a fault, or a Body that is not wrapped. */
export const bareMessage = (declared: ElementDeclaration, { shapes, writers }: Codecs): MessageCodec => {
  const write = writers.root(declared.name, declared);
  const root = shapes.element(declared);
  return {
    element: declared.name,
    shape: { is: 'value', declared },
    decoder: () => new Decoder(root, shapes),
    value: (read) => read,
    write: (json) => write(json, 0),
  };
};

/** Names of the input's members, which templates may name. */
export const memberNames = (declared: ElementDeclaration | null): readonly string[] => {
  if (declared === null) return [];
  const { name, type } = declared;
  if (type.kind === 'simple') return [name.local];
  return type.content.is === 'members' ? leafSlots(type.content.slots).map((slot) => slot.key) : [];
};

const wrapped = (declared: ElementDeclaration, type: ComplexType, { shapes, writers }: Codecs): MessageCodec => {
  const write = writers.wrapper(declared.name, type);
  const root = shapes.wrapper(declared, type);
  return {
    element: declared.name,
    shape: { is: 'members', type },
    decoder: () => new Decoder(root, shapes),
    value: (read) => read,
    write: (json) => write(json, 0),
  };
};

const scalar = (declared: ElementDeclaration, key: string, codecs: Codecs): MessageCodec => {
  const bare = bareMessage(declared, codecs);
  return {
    ...bare,
    shape: { is: 'scalar', key, declared, optional: false },
    value: (read) => ({ [key]: read }),
    write: (json) => bare.write(soleMember(json, key) ?? null),
  };
};

const unwrapped = (message: MessageCodec, member: Member): MessageCodec => {
  const isScalar = member.type.kind === 'simple' && member.max === 1;
  const { key } = member;
  return {
    ...message,
    shape: isScalar
      ? { is: 'scalar', key: 'result', declared: member, optional: member.min === 0 }
      : { is: 'sole', member },
    value(read) {
      const object = objectOf(read);
      const value = Object.hasOwn(object, key) ? object[key] : undefined;
      if (isScalar) return value === undefined ? {} : { result: value };
      if (value !== undefined) return value;
      // No element at all is neither nil nor an empty object.
      return member.max > 1 ? [] : { $absent: true };
    },
    write(json) {
      const inner: Record<string, Json> = {};
      const value = isScalar ? soleMember(json, 'result', member.min === 0) : isAbsent(json) ? undefined : json;
      if (value !== undefined) setMember(inner, key, value);
      try {
        return message.write(inner);
      } catch (error) {
        throw renamed(error, key, isScalar ? 'result' : null);
      }
    },
  };
};

/** `{ "$absent": true }`: no element at all, which is neither nil nor empty. */
export const isAbsent = (json: Json): boolean =>
  typeof json === 'object' &&
  json !== null &&
  !Array.isArray(json) &&
  Object.hasOwn(json, '$absent') &&
  (json as { readonly $absent: Json }).$absent === true &&
  Object.keys(json).length === 1;

const soleMember = (json: Json, key: string, optional = false): Json | undefined => {
  const object = objectOf(json);
  checkKeys(object, [key]);
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === undefined && !optional) throw below(new Misfit('missing, but required'), key);
  return value;
};

/** Paths are told in the answer's own terms, which know nothing of the wrapper's member. */
const renamed = (error: unknown, from: string, to: string | null): unknown => {
  if (error instanceof Misfit && error.steps[0] === from) error.steps.splice(0, 1, ...(to === null ? [] : [to]));
  return error;
};

/** A reply that can say nothing. `output`: null where its Body is empty. */
export const isVoid = (output: ElementDeclaration | null): boolean => {
  if (output === null) return true;
  const { type } = output;
  return (
    type.kind === 'complex' &&
    type.attributes.length === 0 &&
    type.anyAttribute === null &&
    type.derived.size === 0 &&
    type.content.is === 'members' &&
    type.content.slots.length === 0
  );
};
