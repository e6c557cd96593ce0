// What the answer to a HEAD tells of kept ones (RFC 9111 §4.3.5): of the same target, it is the answer to a GET without its content.
import type { Call } from '../../../adapters/adapter.ts';
import type { Forwarded } from '../../forward/forward.ts';
import type { Entry } from '../entry.ts';
import type { Memory } from '../memory.ts';
import { fieldsOf, type Fields } from './fields.ts';
import { isAbout } from './keeping.ts';
import type { HttpChange } from './policy.ts';
import { tagsOfTarget } from './tags.ts';

/** Of kept answers, those tags by which a HEAD shows one to be over. That it still holds is not made use of. */
export const toldByHead = (
  memory: Memory,
  change: HttpChange,
  call: Pick<Call, 'head' | 'header'>,
  forwarded: Forwarded | null,
): readonly string[] => {
  const head = forwarded?.reply?.head;
  if (call.head.method !== 'HEAD' || head?.status !== 200) return [];
  const side = forwarded?.attempts.at(-1)?.side;
  const fields = fieldsOf(head.raw);
  return tagsOfTarget(change, call).filter((tag) =>
    // One that varies may be another representation than the one that was told of.
    memory.tagged(tag).some((entry) => entry.by === side && entry.http?.vary.length === 0 && isOver(entry, fields)),
  );
};

const isOver = (entry: Entry, fields: Fields): boolean => {
  const { 'content-length': length } = fields;
  const isOfLength = length === undefined || length === String(entry.body.length);
  return entry.status !== 200 || !isOfLength || !isAbout(fields, entry);
};
