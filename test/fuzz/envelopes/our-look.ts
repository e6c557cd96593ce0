// What the product finds in a call: all at once, in pieces, and in passing.
import { identify, type Reader } from '../../../adapters/soap/identify.ts';
import { headReader } from '../../../adapters/soap/action.ts';
import { envelopeScan } from '../../../adapters/soap/scan.ts';
import { Sniff, type Told } from '../../../adapters/soap/sniff.ts';
import { watch } from '../../../adapters/soap/watch.ts';
import { bytesBody } from '../../../adapters/wire/bytes.ts';
import { CallDeadline } from '../../../adapters/wire/deadline.ts';
import { StreamBody } from '../../../adapters/wire/stream-body.ts';
import type { Body, Call, Identified } from '../../../adapters/adapter.ts';
import { orderNames } from '../../golden/envelopes.ts';
import { plainCall } from '../../helpers/plain-call.ts';
import { pieces } from '../fuzzer.ts';
import type { EnvelopeCase } from './envelope-case.ts';

export interface Look {
  /** What the body alone told. */
  readonly told: Told;
  readonly whole: Identified;
  readonly pieced: Identified;
  /** `early`: reported before it was known to be whole. */
  readonly watched: { readonly identified: Identified; readonly early: boolean };
  readonly call: Call;
}

const reader: Reader = {
  names: orderNames,
  readHead: headReader(),
  scan: envelopeScan(),
  prefix: 524_288,
  dispatch: 'both',
  mismatch: 'legacy',
};
const deadline = new CallDeadline();

/** Null: the head says that there is nothing to look into. */
export const ourLook = async (given: EnvelopeCase): Promise<Look | null> => {
  const bytes = Buffer.from(given.bytes, 'latin1');
  const call = callOf(given, bytesBody(bytes));
  const head = reader.readHead(call.head, (name) => call.header(name));
  if (head.carries === 'binary' || head.carries === 'other') return null;
  const told = new Sniff({ head, scan: reader.scan, limit: reader.prefix }).take(bytes, true);
  return {
    told: told ?? { is: 'undecided', reason: 'malformed' },
    whole: await identify(call, deadline, reader),
    pieced: await inPieces(given),
    watched: inPassing(given),
    call,
  };
};

const callOf = ({ type, action }: EnvelopeCase, body: Body): Call => {
  const raw = [...(type === null ? [] : ['Content-Type', type]), ...(action === null ? [] : ['SOAPAction', action])];
  return { ...plainCall({ raw }), body };
};

const source = { pause: () => undefined, resume: () => undefined };
const bodyOf = ({ bytes, cuts }: EnvelopeCase): StreamBody =>
  new StreamBody(cuts.length % 2 === 0 ? 'chunked' : { bytes: bytes.length }, source);

const inPieces = async (given: EnvelopeCase): Promise<Identified> => {
  const body = bodyOf(given);
  const identified = identify(callOf(given, body), deadline, reader);
  for (const piece of pieces(given)) {
    body.push(piece);
    if (given.cuts.length < 4) await Promise.resolve();
  }
  body.finish([]);
  return identified;
};

const inPassing = (given: EnvelopeCase): Look['watched'] => {
  const body = bodyOf(given);
  const found: { identified: Identified; early: boolean }[] = [];
  // Of a chunked body, only its end tells which piece was the last.
  const isTold = typeof body.framing === 'object';
  let isLast = false;
  watch(callOf(given, body), (identified) => found.push({ identified, early: !isLast }), reader);
  body.pour({ chunk: () => true, end() {}, cut() {} });
  const all = pieces(given);
  for (const piece of all) {
    isLast = isTold && piece === all.at(-1);
    body.push(piece);
  }
  isLast = true;
  body.finish([]);
  if (found.length !== 1) throw new Error(`reported ${found.length} times`);
  return found[0]!;
};
