// Whose fault a reply of a SOAP destination is, from its status and its first bytes.
import { mediaHint } from './action.ts';
import { readFault } from './fault-reading.ts';
import { RootPart } from './multipart.ts';
import { Stop } from './stop.ts';
import type { Verdict } from '../adapter.ts';
import type { FaultReading } from './fault-reading.ts';
import type { ExpandedName } from './names.ts';

const nobody: Verdict = { blame: 'nobody' };
const client: Verdict = { blame: 'client' };
const serverError: Verdict = { blame: 'destination', reason: '5xx' };

/**
 * A fault is judged by what it says, whatever the status: one that the contract declares is an answer, one that
 * blames the sender is the client's, any other is the destination's. Without a fault the status decides.
 * `declaredFaults`: names by the element of their detail. `prefix`: the first bytes of the body; a declared detail must begin within them to be known as one.
 */
export const verdictOf = (
  status: number,
  contentType: string | null,
  prefix: Buffer,
  declaredFaults: ReadonlyMap<ExpandedName, string>,
): Verdict => {
  const read = mayBeFault(prefix) ? faultIn(prefix, contentType ?? '') : null;
  if (read === null || !read.isFault) return byStatus(status);
  const told = { name: declaredFaults.get(read.detail ?? '{}') ?? null, code: read.code };
  if (told.name !== null) return { blame: 'nobody', fault: told };
  const blamed = read.code.split('.', 1)[0];
  return blamed === 'Client' || blamed === 'Sender'
    ? { blame: 'client', fault: told }
    : { blame: 'destination', reason: 'fault', fault: told };
};

const faultIn = (prefix: Buffer, contentType: string): FaultReading | null => {
  const { carries, boundary, start, charset } = mediaHint(contentType);
  if (carries !== 'parts') return readFault(prefix, charset);
  try {
    const root = new RootPart(boundary ?? '', start);
    const bytes = root.take(prefix);
    return readFault(bytes, root.head?.charset ?? null);
  } catch (cause) {
    if (cause instanceof Stop) return null;
    throw cause;
  }
};

const byStatus = (status: number): Verdict => {
  if (status >= 500) return serverError;
  return status >= 400 ? client : nobody;
};

/** A cheap look, so that good replies are not parsed: the word, in bytes of one or of two. */
const mayBeFault = (prefix: Buffer): boolean => prefix.includes('Fault') || prefix.includes('F\0a\0u\0l\0t');

/**
 * A good status, and no envelope: a page of the web server's, a way to log in, JSON. Where it cannot be told from the first bytes of the
 * body, with parts or in a binary form, it is taken for what it should be.
 */
export const isPage = (status: number, contentType: string | null, prefix: Buffer): boolean => {
  if (status >= 300) return true;
  if (/multipart|msbin|fastinfoset/i.test(contentType ?? '')) return false;
  return !prefix.includes('Envelope') && !prefix.includes('E\0n\0v\0e\0l\0o\0p\0e');
};
