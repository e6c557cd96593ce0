// What a route's calls of one session have in common: a place among 10,000, the side where they are, and the url there (decision 15).
import type { Affinity, Call, Raw } from '../../adapters/adapter.ts';
import type { Decision } from '../exchange.ts';
import { bucket } from './bucket.ts';
import { cohort, sourceName } from './cohort.ts';
import type { SessionSource } from './schema.ts';
import type { Sessions } from './sessions.ts';

export interface SessionSettings {
  readonly source: SessionSource;
  /** Milliseconds without a call after which it is over. */
  readonly idle: number;
}

export interface Session {
  /** Name of what carries it, such as `cookie:ASP.NET_SessionId`. */
  readonly from: string;
  /** Services tell a session's name; where clients do, a call without one belongs to none. */
  readonly isBegunByReplies: boolean;
  /** The least share of all operations that may be asked in it, 0 … 10 000. */
  readonly points: number;
  /** Told once, when all operations of the route are known. */
  settle(points: number): void;
  /** Null: the call is of none. */
  keyOf(call: Call): string | null;
  /** Of the session that a reply begins; null: it begins none. */
  begunBy(raw: Raw): string | null;
  recall(key: string): 'legacy' | 'modern' | null;
  hold(key: string, side: 'legacy' | 'modern'): void;
  decide(key: string): Decision;
  /** The same session at one url of `destination`. */
  affinity(destination: string): Affinity;
}

export const sessionOf = (
  { source, idle }: SessionSettings,
  { salt, sessions }: { readonly salt: string; readonly sessions: Sessions },
): Session => {
  const from = sourceName(source);
  let points = 0;
  const place = (key: string): string => `${salt}\0${from}\0${key}`;
  const keyOf = (call: Call): string | null => cohort(call, [source], () => false)?.key ?? null;
  const begunBy = (raw: Raw): string | null => begun(source, raw);
  const session: Session = {
    from,
    isBegunByReplies: source.from !== 'soapHeader',
    get points() {
      return points;
    },
    settle: (least) => void (points = least),
    keyOf,
    begunBy,
    recall(key) {
      const side = sessions.recall(place(key), idle);
      return side === 'legacy' || side === 'modern' ? side : null;
    },
    hold: (key, side) => sessions.hold(place(key), side, idle),
    decide(key) {
      const told = { reason: 'session', cohort: from } as const;
      // Who takes an operation back wants everybody back: a session cannot be in two places.
      if (points === 0) return { side: 'legacy', bucket: null, ...told };
      const known = session.recall(key);
      if (known !== null) return { side: known, bucket: null, ...told };
      const at = bucket(salt, key);
      return { side: at < points ? 'modern' : 'legacy', bucket: at, ...told };
    },
    affinity: (destination) => ({
      keyOf,
      begunBy,
      recall: (key) => sessions.recall(`${destination}\0${from}\0${key}`, idle),
      remember: (key, url) => sessions.hold(`${destination}\0${from}\0${key}`, url, idle),
    }),
  };
  return session;
};

/** A header that the client is to send again, or a cookie; one that is taken away begins nothing. */
const begun = (source: SessionSource, raw: Raw): string | null => {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (source.from === 'header' && name === source.name) return raw[i + 1]!.trim() || null;
    if (source.from !== 'cookie' || name !== 'set-cookie') continue;
    const [, set, value = ''] = /^\s*([^=;\s]+)\s*=\s*"?([^;"]*)/.exec(raw[i + 1]!) ?? [];
    if (set === source.name && value.trim() !== '') return value.trim();
  }
  return null;
};

/** Keeps in mind where a session's call goes. `isNew`: nobody had seen it before. */
export const enter = (session: Session | null, call: Call, { reason, side }: Decision): Entered | null => {
  if (session === null || (reason !== 'session' && reason !== 'kill')) return null;
  const key = session.keyOf(call);
  if (key === null) return null;
  const before = session.recall(key);
  if (before !== side) session.hold(key, side);
  return { key, isNew: before === null };
};

export interface Entered {
  readonly key: string;
  readonly isNew: boolean;
}

/** And where it began: with the side that set its cookie, or that answered its first call. */
export const began = (session: Session | null, entered: Entered | null, answered: Answering): void => {
  const { side, raw } = answered;
  if (session === null || side === null) return;
  if (entered?.isNew === true) session.hold(entered.key, side);
  const key = session.begunBy(raw);
  if (key !== null && session.recall(key) === null) session.hold(key, side);
};

export interface Answering {
  /** Who answered; null: nobody who has sessions. */
  readonly side: 'legacy' | 'modern' | null;
  readonly raw: Raw;
}
