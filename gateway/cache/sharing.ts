// Answers that replicas share by way of the state, one question at a time among them, and the news of what was taken back.
import { hash, randomBytes } from 'node:crypto';
import type { Answer, State } from '../state/state.ts';
import { endOf, type Entry } from './entry.ts';
import { landings } from './landings.ts';
import { news as makeNews } from './news.ts';
import { endScript, findScript, holdScript, landingCodes, takeBackScript } from './scripts.ts';
import {
  never,
  unheard,
  type Brought,
  type Found,
  type Landing,
  type Lease,
  type Question,
  type Shared,
} from './shared.ts';
import { takings, wholeOf } from './takings.ts';
import { unkeptFor } from './unkept.ts';
import { entryOf, valueOf } from './value.ts';

export interface SharingParts {
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds; does not jump. */
  readonly steady: () => number;
  /** Another replica's write took these back; `unheard` among them: some may have been missed. */
  readonly takenBack: (tags: readonly string[]) => void;
  readonly broken: (error: unknown) => void;
}

/** Milliseconds after which the lease of one that died ends, and between two times that a living one prolongs it. */
const leaseFor = 1500;
const holdEvery = 500;
/** Milliseconds between two beats. */
const beatEvery = 200;
/** Milliseconds that the version of a tag lives at least; longer than any read takes. */
const versionFor = 3_600_000;
/** Longest value that is shared, in bytes. */
const longest = 8 * 1024 * 1024;

const channel = 'strangler:news';

export const sharing = ({ state, now, steady, takenBack, broken }: SharingParts): Shared & { close(): void } => {
  const self = randomBytes(9).toString('base64url');
  const own = `strangler:beat:${self}`;
  const news = makeNews({ now: steady, regained: () => takenBack([unheard]) });
  const waiting = landings();
  const pending = takings(
    async (tag, insists) =>
      (await state.run({
        script: takeBackScript,
        keys: [keyOf(state.life, tag, 't', digest(tag))],
        args: [channel, `t${self} ${tag}`],
        insists,
      })) !== null,
  );
  state.listen([channel, own], {
    heard(on, message) {
      if (on === own) return news.beat(Number(message));
      const rest = message.slice(1);
      if (message.startsWith('l')) waiting.land(rest.slice(0, -1), landingOf(rest.at(-1)));
      // Ours were taken back here before they were told.
      else if (message.startsWith('t') && !rest.startsWith(`${self} `)) takenBack([rest.slice(rest.indexOf(' ') + 1)]);
    },
    broken: () => news.broken(),
  });
  // Sent by what tells of writes: one that gets through where those are refused would prove nothing.
  const beat = (): Promise<unknown> =>
    state.run({
      script: takeBackScript,
      keys: [keyOf(state.life, unheard, 'b', self)],
      args: [own, String(steady())],
      insists: true,
    });
  const beating = setInterval(() => void beat(), beatEvery);

  const holdings = new Set<NodeJS.Timeout>();
  let isClosed = false;
  const lease = ({ keys, key, place, token, versions }: Leased): Lease => {
    const { life } = state;
    const held = keys[1]!;
    const holding = setInterval(
      () => void state.run({ script: holdScript, keys: [held], args: [token, leaseFor] }),
      holdEvery,
    );
    // Given by an answer that was on its way when all ended.
    if (isClosed) clearInterval(holding);
    else holdings.add(holding);
    const end = async (name: string, brought: Brought): Promise<void> => {
      const entry = typeof brought === 'object' ? brought : null;
      const value = entry === null ? null : await stored(name, entry, versions);
      // A life later there are neither these versions nor this lease.
      if (state.life !== life) return;
      const left = entry === null ? 0 : Math.ceil(endOf(entry) - now());
      const isToKeep = value !== null && left >= 1;
      const landing = typeof brought === 'string' ? brought : isToKeep ? 'kept' : 'nothing';
      const kept = [isToKeep ? value : '', Math.max(left, 1)];
      const args = [token, versions, ...kept, channel, `l${name}`, landingCodes[landing], unkeptFor];
      const named = name === key ? keys : [...answerKeys(life, place, name), ...keys.slice(3)];
      await state.run({ script: endScript, keys: named, args });
    };
    return {
      end(brought, other) {
        clearInterval(holding);
        holdings.delete(holding);
        const before = other === undefined ? Promise.resolve() : end(other.key, other.entry);
        before.then(() => end(key, brought)).catch(broken);
      },
    };
  };

  const find = async (question: Question): Promise<Found | null> => {
    const { life } = state;
    const { key, freshFor } = question;
    const tags = question.tags.filter((tag) => tag !== unheard);
    if (life === null || tags.some((tag) => pending.has(tag))) return null;
    const place = tags[0] ?? '';
    const keys = answerKeys(life, place, key);
    for (const tag of tags) keys.push(keyOf(life, tag, 't', digest(tag)));
    const token = randomBytes(12).toString('base64url');
    const version = randomBytes(12).toString('base64url');
    const args = [token, leaseFor, version, versionFor, freshFor];
    const answer = await state.run({ script: findScript, keys, args });
    if (answer === null) return null;
    const [is, versions, value, left] = answer;
    const entry = await decoded(question, value, Number(left), now());
    // One that is fresh and nothing to us: asked for as if there were none.
    if (is === 0 && entry === null) return freshFor === never ? null : await find({ ...question, freshFor: never });
    if (is === 0) return { is: 'fresh', entry: entry! };
    return is === 1
      ? { is: 'ours', lease: lease({ keys, key, place, token, versions: String(versions) }), old: entry }
      : { is: is === 3 ? 'unkept' : 'asked', old: entry };
  };

  return {
    get isCurrent() {
      return news.isCurrent;
    },
    find,
    landing: (key, ms) => waiting.landing(key, ms),
    takeBack: (tags) => pending.take(tags),
    close() {
      isClosed = true;
      for (const each of [beating, ...holdings]) clearInterval(each);
      pending.stop();
    },
  };
};

interface Leased {
  /** Of Redis: answer, lease, waiters, tags. */
  readonly keys: readonly string[];
  readonly key: string;
  /** A tag of the operation. */
  readonly place: string;
  readonly token: string;
  readonly versions: string;
}

const answerKeys = (life: string | null, place: string, key: string): string[] =>
  ['a', 'l', 'w'].map((kind) => keyOf(life, place, kind, key));

const codes = Object.entries(landingCodes) as [Landing, string][];

const landingOf = (code: string | undefined): Landing => codes.find(([, each]) => each === code)?.[0] ?? 'nothing';

const digest = (tag: string): string => hash('sha256', tag, 'base64url').slice(0, 22);

/** Of the operation as a whole: in a cluster, all that one script touches has to be in one place. */
const placeOf = (tag: string): string => digest(wholeOf(tag)).slice(0, 11);

const keyOf = (life: string | null, tag: string, kind: string, name: string): string =>
  `strangler:${life ?? ''}:{${placeOf(tag)}}:${kind}:${name}`;

/** Null: too long to be shared. */
const stored = async (key: string, entry: Entry, versions: string): Promise<Buffer | null> => {
  const value = await valueOf(key, entry);
  if (value.length > longest) return null;
  const slack = String(Math.ceil(endOf(entry) - entry.freshUntil)).padStart(12, '0');
  return Buffer.concat([Buffer.from(`${slack}${versions}`, 'latin1'), value]);
};

/** Null: nothing, or nothing of ours. */
const decoded = async (
  { key, tags, maxBytes }: Question,
  value: Answer | undefined,
  left: number,
  now: number,
): Promise<Entry | null> => {
  if (!Buffer.isBuffer(value)) return null;
  try {
    return await entryOf(value, { key, tags, maxBytes, now, left });
  } catch {
    return null; // bytes that no longer are what they were: to be asked for again, like any that are not there
  }
};
