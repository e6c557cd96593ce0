// What we find in the first bytes of a call against two full readings of it: operation, names, header texts.
import { isDeepStrictEqual } from 'node:util';
import { headReader } from '../../../adapters/soap/action.ts';
import { orderNames } from '../../golden/envelopes.ts';
import type { Fuzzer, Judgement } from '../fuzzer.ts';
import { envelopeCase, type EnvelopeCase } from './envelope-case.ts';
import { unread, stricter } from './envelope-differences.ts';
import { factsOf, type Facts } from './facts.ts';
import { byLibxml2, byReader, type FullRead } from './full-read.ts';
import { fullText } from './full-text.ts';
import { ourLook, type Look } from './our-look.ts';
import { rootPart } from './root-part.ts';

export const envelopeFuzzer: Fuzzer<EnvelopeCase> = {
  name: 'envelopes',
  generate: envelopeCase,
  judge: async (given) => {
    const look = await ourLook(given);
    return look === null ? { kind: 'not looked into', wrong: null } : judge(given, look);
  },
};

const readHead = headReader();

/** What one full parser says. */
interface Full {
  readonly who: string;
  readonly read: FullRead | 'undecodable';
  readonly facts: Facts | null;
}

const judge = (given: EnvelopeCase, look: Look): Judgement => {
  const text = textOf(given);
  const full = [fullOf('our XML reader', byReader, text), fullOf('libxml2', byLibxml2, text)];
  const told = look.told.is === 'undecided' ? look.told.reason : look.told.is;
  const outcome = look.whole.is === 'undecided' ? look.whole.reason : look.whole.is;
  const kind = `${isMultipart(given) ? 'multipart ' : ''}${told}, ${outcome}; ${full.map(summary).join(', ')}${look.watched.early ? '; early' : ''}`;
  const wrong =
    splitDifference(look) ??
    full
      .map((each) => apart(look, each, { text: text ?? '', isPart: isMultipart(given) }))
      .find((found) => found !== null);
  if (wrong == null) return { kind, wrong: null };
  const detail = { told: look.told, whole: look.whole, watched: look.watched, facts: full.map(({ facts }) => facts) };
  return { kind: wrong, wrong: `${wrong} (${kind})\n${JSON.stringify(detail, null, 1)}` };
};

const textOf = (given: EnvelopeCase): string | null => {
  if (isMultipart(given)) {
    const root = rootPart(given);
    return root === null ? null : fullText(root.bytes, root.charset);
  }
  const { type, bytes } = given;
  const raw = ['Content-Type', type ?? ''];
  const { charset } = readHead({ method: 'POST', target: '/', http: '1.1', raw }, () => type);
  return fullText(Buffer.from(bytes, 'latin1'), charset);
};

const isMultipart = ({ type }: EnvelopeCase): boolean => type?.startsWith('multipart/') ?? false;

const fullOf = (who: string, read: (text: string) => FullRead, text: string | null): Full => {
  const found = text === null ? 'undecodable' : read(text);
  return { who, read: found, facts: typeof found === 'string' ? null : factsOf(found) };
};

const summary = ({ read, facts }: Full): string =>
  typeof read === 'string' ? read : facts === null ? 'no envelope' : `a call${facts.child === null ? ', empty' : ''}`;

/** The same bytes told otherwise because of how they came. */
const splitDifference = ({ told, whole, pieced, watched }: Look): string | null => {
  if (!isDeepStrictEqual(whole, pieced)) return 'pieces';
  if (isDeepStrictEqual(whole, watched.identified)) return null;
  // In passing, what was told cannot be taken back when the rest turns out to be no XML.
  const isLater =
    told.is === 'doctype' || (told.is === 'undecided' && ['malformed', 'encoding', 'limit'].includes(told.reason));
  return watched.early && isLater ? null : 'watched';
};

interface Given {
  readonly text: string;
  /** The message is a part of a multipart, whose own lines may be wrong: what keeps ours from looking is no matter. */
  readonly isPart: boolean;
}

/** What ours and a full parser tell otherwise; null: nothing that matters. */
const apart = (look: Look, { who, read, facts }: Full, { text, isPart }: Given): string | null => {
  const { told, whole, call } = look;
  if (told.is === 'doctype') return typeof read === 'object' && !text.includes('<!D') ? `${who}: no DOCTYPE` : null;
  if (told.is === 'undecided') {
    // Our XML reader refuses where it stands, whatever follows; only a message that is whole may matter.
    if (read === 'doctype' && !isPart && who === 'libxml2' && !isUnread(who, text))
      return `${who}: a DOCTYPE, ours ${told.reason}`;
    if (facts === null || isPart) return null;
    const isKnown = stricter.some(({ reason, of }) => reason === told.reason && of(text));
    return isKnown ? null : `${who}: a call, ours ${told.reason}`;
  }
  if (facts === null) return isUnread(who, text) ? null : `${who}: none, ours a call`;
  const { texts, username, ...names } = facts;
  for (const key of ['version', 'child', 'actions', 'session', 'header'] as const) {
    if (!isDeepStrictEqual(told.envelope[key], names[key])) return `${who}: another ${key}`;
  }
  if (whole.is === 'operation' && !mayBe(whole.name, facts)) return `${who}: not this operation`;
  for (const name of [...texts.keys(), ...someNames]) {
    if ((call.message?.header(name) ?? null) !== (texts.get(name) ?? null)) return `${who}: another header text`;
  }
  return (call.message?.username() ?? null) === username ? null : `${who}: another user`;
};

const isUnread = (who: string, text: string): boolean => unread.some((each) => each.who === who && each.of(text));

const someNames = ['ClientId', 'User', 'Tenant', 'Action', 'MessageID', 'Username', 'Body', 'x', 'i', 'toString'];

/** Do all names in the message lead to this operation? */
const mayBe = (name: string, { child, actions }: Facts): boolean =>
  (child === null ? orderNames.bodiless : (orderNames.elements.get(child) ?? [])).includes(name) &&
  actions.every((action) => orderNames.actions.get(action)?.includes(name) ?? false);
