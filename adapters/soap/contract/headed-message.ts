// A reply of which the contract declares header blocks (soap:header of the output): they are part of the answer, as `$headers`.
import { checkKeys, objectOf, setMember } from './reading/members.ts';
import { isAbsent } from './message.ts';
import { below, Misfit } from './values/misfit.ts';
import { wsaNs, wsaSubmissionNs, wsseNs } from './xml/namespaces.ts';
import { listItem } from './schema/types.ts';
import type { Json } from '../../adapter.ts';
import type { Messages } from './contract.ts';
import type { Blocks, HeaderBlock, MessageCodec, MessageShape } from './message.ts';

/** A reply with blocks: `write` and the shape are those of the whole answer, `value` is that of the Body alone. */
export const headedMessage = (message: MessageCodec, blocks: readonly HeaderBlock[]): MessageCodec => {
  if (blocks.length === 0) return message;
  const isBeside = isObjectAlways(message.shape);
  return {
    ...message,
    shape: { is: 'headed', blocks, body: message.shape, isBeside },
    write(json) {
      const { $headers: _headers, ...body } = objectOf(json);
      if (isBeside) return message.write(body);
      checkKeys(body, ['$body']);
      if (body['$body'] === undefined) throw below(new Misfit('missing, but required'), '$body');
      try {
        return message.write(body['$body']);
      } catch (error) {
        throw below(error, '$body');
      }
    },
    headers: {
      blocks,
      join(json, found) {
        const $headers: Record<string, Json> = {};
        for (const { key } of blocks)
          setMember($headers, key, Object.hasOwn(found, key) ? (found[key] ?? null) : { $absent: true });
        return isBeside ? { $headers, ...objectOf(json) } : { $headers, $body: json };
      },
      write: (json) => {
        const given = objectOf(json)['$headers'];
        if (given === undefined) throw below(new Misfit('missing, but required'), '$headers');
        return blocksText(given, blocks, { all: true });
      },
    },
  };
};

/**
 * The blocks as text, in the order of the contract; `all`: each has to be told of. Throws Misfit, with the path from
 * `/$headers`.
 */
export const blocksText = (json: Json, blocks: readonly HeaderBlock[], { all }: { readonly all: boolean }): string => {
  try {
    const given = objectOf(json);
    checkKeys(
      given,
      blocks.map(({ key }) => key),
    );
    return blocks.map((block) => blockText(given, block, all)).join('');
  } catch (error) {
    throw below(error, '$headers');
  }
};

const blockText = (given: Blocks, { key, codec }: HeaderBlock, isWanted: boolean): string => {
  const value = Object.hasOwn(given, key) ? given[key] : undefined;
  try {
    if (value === undefined && isWanted)
      throw new Misfit('missing; expected its value, or {"$absent": true} for a reply without it');
    return value === undefined || isAbsent(value) ? '' : codec.write(value);
  } catch (error) {
    throw below(error, key);
  }
};

const ours: ReadonlySet<string> = new Set([wsaNs, wsaSubmissionNs, wsseNs]);

/**
 * Blocks that a request in JSON may have as `$headers` beside its members; none where it is not always an object of
 * members. Addresses and WS-Security are the gateway's own.
 */
export const headersBeside = ({ request, requestHeaders }: Messages): readonly HeaderBlock[] =>
  isObjectAlways(request.shape) ? requestHeaders.filter(({ name }) => !ours.has(name.ns)) : [];

/** Is the message, whatever it says, an object of members that the message names? Then `$headers` stands among these. */
const isObjectAlways = (shape: MessageShape): boolean => {
  if (shape.is !== 'value') return shape.is !== 'sole';
  const { type, nillable } = shape.declared;
  return (
    !nillable &&
    type.kind === 'complex' &&
    type.content.is === 'members' &&
    !type.abstract &&
    type.derived.size === 0 &&
    listItem(type) === null
  );
};
