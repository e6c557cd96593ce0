// Plain HTTP by RFC 9111: what the origin allows to be kept, for whom it varies, and what it says when it is asked again.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Arriving, Call, Deadline, Reply } from '../../../adapters/adapter.ts';
import type { Ask, CacheParts, Remembered } from '../cache.ts';
import { callerKey } from '../caller-key.ts';
import type { Entry } from '../entry.ts';
import { landed, type Flights } from '../flights.ts';
import { bodyOf, hasFailed, ownCopy, unframed } from '../kept.ts';
import type { Memory } from '../memory.ts';
import type { Forwarded } from '../../forward/forward.ts';
import { askingOf, conditional, unconditional, isSameTag, isStillGood, type Asking } from './asking.ts';
import { freshnessOf, type Freshness } from './freshness.ts';
import { fieldsOf } from './fields.ts';
import type { HttpCachePolicy } from './policy.ts';
import { changedTags, targetTag } from './target.ts';

export interface HttpCache {
  through(policy: HttpCachePolicy, side: string, arrival: Arriving, ask: Ask): Promise<Remembered>;
  /** Whatever is no safe method takes back what is kept of its target, done or failed. */
  write(arrival: Arriving, ask: Ask): Promise<Forwarded>;
}

export interface HttpCacheParts extends Omit<CacheParts, 'maxBytes' | 'steady' | 'sharedWith'> {
  readonly memory: Memory;
  readonly flights: Flights;
}

/** Milliseconds that a call waits for the answer to the same question before it asks itself. */
const patience = 5000;
/** Milliseconds for which an answer past its time is kept to be asked about. */
const askedAbout = 24 * 3600 * 1000;
/** Share of its time that an answer may lose by chance, so that those that came together do not end together. */
const jitter = 0.1;
/** Bytes that the names in Vary may take. */
const varying = 4 * 1024 * 1024;

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const nothing = Buffer.alloc(0);
const digest = (text: string): string => hash('sha256', text, 'base64url');

/** One question: what is asked for, and as far as known, by what its answers differ. */
interface Question {
  readonly policy: HttpCachePolicy;
  readonly side: string;
  readonly arrival: Arriving;
  readonly asking: Asking;
  readonly primary: string;
  readonly tags: readonly string[];
}

export const httpCache = (parts: HttpCacheParts): HttpCache => {
  const { memory, flights, adapters, now, chance, broken } = parts;
  /** What the answers to a question vary by, as the last of them had it. */
  const varies = new LRUCache<string, readonly string[]>({
    maxSize: varying,
    sizeCalculation: (names) => 250 + names.join().length,
  });

  const keyOf = ({ primary, asking }: Question, names: readonly string[]): string =>
    digest(`${primary}\n${JSON.stringify(names.map((name) => [name, asking.fields[name] ?? null]))}`);

  /** Keeps what may be kept. */
  const keep = async (
    question: Question,
    reply: Reply,
    forwarded: Forwarded,
    deadline: Deadline,
  ): Promise<Entry | null> => {
    const { policy, side, arrival, tags } = question;
    const attempt = forwarded.attempts.at(-1);
    if (attempt === undefined || (!policy.shared && attempt.side !== side)) return null;
    if (reply.verdict.blame === 'destination') return null;
    const at = now();
    const fresh = freshnessOf({ request: arrival.head, reply: reply.head, now: at, ttl: policy.ttl });
    if (fresh === null || (fresh.left === 0 && fresh.etag === null && fresh.modified === null)) return null;
    const body = await bodyOf(reply, policy.maxBytes, deadline);
    if (body === null) return null;
    return {
      status: reply.head.status,
      reason: reply.head.reason,
      raw: unframed(reply.head.raw).filter((_, index, raw) => raw[index - (index % 2)]!.toLowerCase() !== 'age'),
      body: ownCopy(body),
      keepable: { fault: null, relatesTo: null },
      by: attempt.side,
      destination: attempt.destination,
      of: policy.target,
      tags,
      ...timesOf(policy, fresh, at),
    };
  };

  const timesOf = (policy: HttpCachePolicy, fresh: Freshness, at: number) => {
    const { left, age, isStrict, whileRevalidate, ifError, etag, modified, vary } = fresh;
    const freshUntil = at + left * (1 - jitter * chance());
    const after = (origin: number | null, file: number): number => (isStrict ? 0 : (origin ?? file));
    return {
      storedAt: at,
      freshUntil,
      staleUntil: freshUntil + after(whileRevalidate, policy.staleWhileRevalidate),
      errorUntil: freshUntil + after(ifError, policy.staleIfError),
      http: {
        age,
        etag,
        modified,
        vary,
        until: etag === null && modified === null ? freshUntil : freshUntil + askedAbout,
      },
    };
  };

  const put = (question: Question, entry: Entry, reading: ReturnType<Memory['begin']>): boolean => {
    const names = entry.http?.vary ?? [];
    varies.set(question.primary, names);
    return memory.put(keyOf(question, names), entry, reading);
  };

  /** Asks, by what is kept where that may still be good. */
  const lead = async (question: Question, kept: Entry | undefined, { call, deadline, ask }: Leading): Promise<Led> => {
    const reading = memory.begin();
    const flight = flights.begin(keyOf(question, varies.get(question.primary) ?? []), reading);
    let entry: Entry | null = null;
    try {
      const head = kept?.http === undefined || question.asking.isConditional ? null : conditional(call.head, kept.http);
      const asked = head === null ? call : { ...adapters.detach(call, nothing).call, head };
      let forwarded = await ask(asked, deadline);
      if (head !== null && forwarded.reply?.head.status === 304) {
        const again = stillGood(question, kept!, forwarded);
        forwarded.reply.discard?.();
        if (again !== null) {
          entry = again;
          const isKept = put(question, again, reading);
          return { forwarded, isKept, renewed: again };
        }
        forwarded = await ask(call, deadline);
      }
      entry = forwarded.reply === null ? null : await keep(question, forwarded.reply, forwarded, deadline);
      const isKept = entry !== null && put(question, entry, reading);
      return { forwarded, isKept, renewed: null };
    } finally {
      if (entry !== null && memory.isOutdated(reading, entry.tags)) entry = null;
      flight.land(entry);
      memory.done(reading);
    }
  };

  /** What is kept, by what a 304 says of it (RFC 9111 §4.3.4); null: that was about another answer. */
  const stillGood = (question: Question, kept: Entry, { reply, attempts }: Forwarded): Entry | null => {
    const fields = fieldsOf(reply!.head.raw);
    const etag = fields['etag'];
    if (attempts.at(-1)?.side !== kept.by) return null;
    if (etag !== undefined && (kept.http?.etag == null || !isSameTag(etag, kept.http.etag))) return null;
    const raw = updated(kept.raw, unframed(reply!.head.raw));
    const at = now();
    const head = { status: kept.status, reason: kept.reason, raw };
    const fresh = freshnessOf({ request: question.arrival.head, reply: head, now: at, ttl: question.policy.ttl });
    return fresh === null ? null : { ...kept, raw, ...timesOf(question.policy, fresh, at) };
  };

  const renew = (question: Question, entry: Entry, ask: Ask): void => {
    if (flights.of(keyOf(question, varies.get(question.primary) ?? [])) !== undefined) return;
    const { call, deadline } = adapters.detach(question.arrival, nothing);
    const asking = { ...question.asking, isConditional: false };
    lead({ ...question, asking }, entry, { call: { ...call, head: unconditional(call.head) }, deadline, ask }).then(
      ({ forwarded }) => forwarded.reply?.discard?.(),
      broken,
    );
  };

  const given = ({ asking }: Question, entry: Entry): Forwarded => {
    const age = Math.max(0, Math.floor((entry.http?.age ?? 0) + (now() - entry.storedAt) / 1000));
    const raw = [...entry.raw, 'Age', String(age)];
    const isCopyGood =
      asking.isConditional && entry.status === 200 && entry.http !== undefined && isStillGood(asking, entry.http);
    const answer = { error: null, attempts: [], fallback: null };
    if (isCopyGood)
      return {
        ...answer,
        reply: adapters.replyOf({ status: 304, reason: 'Not Modified', raw: withoutContent(raw) }, nothing),
      };
    const length = entry.status === 204 ? [] : ['Content-Length', String(entry.body.length)];
    return { ...answer, reply: adapters.replyOf({ ...entry, raw: [...raw, ...length] }, entry.body) };
  };

  /** The answer to the same question, where somebody asks it already. */
  const shared = async (question: Question, key: string): Promise<Entry | null> => {
    const flight = flights.of(key);
    if (flight === undefined || memory.isOutdated(flight.reading, question.tags)) return null;
    const entry = await landed(flight, question.arrival.deadline, patience);
    // Only now is it known what the answer depends on.
    return entry !== null &&
      entry !== 'left' &&
      entry.freshUntil > now() &&
      memory.get(keyOf(question, entry.http?.vary ?? []), now()) === entry
      ? entry
      : null;
  };

  return {
    async through(policy, side, arrival, ask) {
      const bypass = async (detail: string): Promise<Remembered> => ({
        ...(await ask(arrival, arrival.deadline)),
        cache: 'bypass',
        cacheTold: { detail },
      });
      const asking = askingOf(arrival);
      if (typeof asking === 'string') return await bypass(asking);
      const caller = callerKey(arrival, policy, { credentials: [] });
      if (caller === null) return await bypass('credentials');
      const { client, head } = arrival;
      const place = [arrival.header('host') ?? '', head.target, client.secure];
      const primary = digest(JSON.stringify([policy.scope, policy.shared ? '' : side, place, caller]));
      const question: Question = { policy, side, arrival, asking, primary, tags: [policy.whole, targetTag(arrival)] };
      const key = keyOf(question, varies.get(primary) ?? []);
      const at = now();
      const entry = memory.get(key, at);
      const told = (of: Entry) => ({ ttl: of.freshUntil - now(), key });
      if (entry !== undefined && mayBeGiven(asking, entry, at)) {
        // Not at that very moment: what is good for no time is to be asked about each time.
        if (at < entry.freshUntil) {
          if (at > entry.freshUntil - policy.refreshAhead) renew(question, entry, ask);
          return { ...given(question, entry), cache: 'hit', cacheTold: told(entry) };
        }
        if (at < entry.staleUntil) {
          renew(question, entry, ask);
          return { ...given(question, entry), cache: 'stale', cacheTold: told(entry) };
        }
      }
      const waitedFor =
        asking.afresh || asking.maxAge === 0 || asking.isConditional ? null : await shared(question, key);
      if (waitedFor !== null) return { ...given(question, waitedFor), cache: 'shared', cacheTold: told(waitedFor) };
      const { forwarded, isKept, renewed } = await lead(question, entry, {
        call: arrival,
        deadline: arrival.deadline,
        ask,
      });
      const { attempts, fallback } = forwarded;
      if (renewed !== null)
        return { ...given(question, renewed), attempts, fallback, cache: 'revalidated', cacheTold: told(renewed) };
      const wasThere = entry !== undefined;
      if (wasThere && hasFailed(forwarded) && memory.get(key, now()) === entry && now() <= entry.errorUntil) {
        forwarded.reply?.discard?.();
        return { ...given(question, entry), attempts, fallback, cache: 'stale-if-error', cacheTold: told(entry) };
      }
      return { ...forwarded, cache: isKept ? 'miss' : 'unkept', cacheTold: { wasThere, key } };
    },

    async write(arrival, ask) {
      if (safe.has(arrival.method)) return await ask(arrival, arrival.deadline);
      let forwarded: Forwarded | null = null;
      try {
        return (forwarded = await ask(arrival, arrival.deadline));
      } finally {
        memory.invalidate(changedTags(arrival, forwarded?.reply?.head.raw ?? []));
      }
    },
  };
};

interface Leading {
  readonly call: Call;
  readonly deadline: Deadline;
  readonly ask: Ask;
}

interface Led {
  readonly forwarded: Forwarded;
  readonly isKept: boolean;
  /** What was kept, said to be still good. */
  readonly renewed: Entry | null;
}

/** As fresh as the client wants it; it may not ask for something staler than the origin allows. */
const mayBeGiven = (
  { afresh, maxAge, minFresh }: Asking,
  { http, storedAt, freshUntil, staleUntil }: Entry,
  at: number,
): boolean => {
  if (afresh || at >= Math.max(freshUntil, staleUntil)) return false;
  if (minFresh !== null && at + minFresh * 1000 > freshUntil) return false;
  return maxAge === null || (http?.age ?? 0) + (at - storedAt) / 1000 <= maxAge;
};

/** Lines of the same name are replaced, but for what the body is. */
const updated = (raw: Entry['raw'], by: Entry['raw']): Entry['raw'] => {
  const isNew = (name: string) => !/^(?:content-(?:encoding|type|range)|age)$/i.test(name);
  const lines = by.filter((_, at) => isNew(by[at - (at % 2)]!));
  const names = new Set(lines.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  return [...raw.filter((_, at) => !names.has(raw[at - (at % 2)]!.toLowerCase())), ...lines];
};

/** RFC 9110 §15.4.5. */
const withoutContent = (raw: Entry['raw']): Entry['raw'] =>
  raw.filter((_, at) => !/^content-(?!location)/i.test(raw[at - (at % 2)]!));
