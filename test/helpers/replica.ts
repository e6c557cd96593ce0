// A cache as one replica has it, before a service that is a function: no gateway, no wire, but a Redis.
import type { ExecutionContext } from 'ava';
import { cache } from '../../gateway/cache/cache.ts';
import { sharing } from '../../gateway/cache/sharing.ts';
import { templateOf } from '../../gateway/cache/tags.ts';
import type { CachePolicy } from '../../gateway/cache/policy.ts';
import type { CacheResult } from '../../gateway/exchange.ts';
import type { Forwarded } from '../../gateway/forward/forward.ts';
import { every } from '../../gateway/lib/timers.ts';
import { addressOf } from '../../gateway/state/address.ts';
import { redis } from '../../gateway/state/redis.ts';
import type { Adapters, Arriving, Deadline, Meanings, Reply } from '../../adapters/adapter.ts';
import { SendError } from '../../adapters/errors.ts';
import { bytesBody } from '../../adapters/wire/bytes.ts';
import { eventually } from './gateway.ts';
import { plainCall } from './plain-call.ts';

export interface Replica {
  /** Reads `id`; `service` answers. `deadline`: of the call. */
  read(
    id: string,
    service: () => Promise<string>,
    deadline?: Deadline,
  ): Promise<{ readonly text: string; readonly by: CacheResult | null }>;
  /** `isLate`: it is waited for no longer, and nobody knows what became of it; `service` is not waited for. */
  write(id: string, service: () => Promise<void>, isLate?: boolean): Promise<void>;
  /** Does it trust what some write takes back? */
  readonly isCurrent: boolean;
  readonly isUp: boolean;
  readonly entries: number;
  close(): void;
}

export interface ReplicaSetup {
  readonly url: string;
  /** Milliseconds for each command; long where a test is about order and the machine may be slow. */
  readonly budget?: number;
  readonly policy?: Partial<CachePolicy>;
  readonly maxBytes?: number;
  /** What another replica's write took back, told here. */
  readonly heard?: (tags: readonly string[]) => void;
}

export const unending = { ended: null, watch: () => undefined } as unknown as Deadline;

export const replyOf: Adapters['replyOf'] = ({ status, reason, raw }, body) =>
  ({ head: { status, reason, raw }, body: bytesBody(body), verdict: { blame: 'nobody' } }) as unknown as Reply;

const arrivalOf = (id: string, deadline = unending): Arriving =>
  ({ ...plainCall(), body: bytesBody(Buffer.from(id)), deadline }) as unknown as Arriving;

/** Of a service that is asked an id, and answers with text. */
export const meanings: Meanings = {
  byBody: true,
  ofCall: (_, body) => ({
    text: body.toString(),
    form: 'json',
    input: { id: body.toString() },
    messageId: null,
    credentials: [],
  }),
  ofReply: () => ({ fault: null, relatesTo: null }),
  again: (body) => body,
};

/** Nobody knows what became of it. */
export const waitedFor: Forwarded = {
  reply: null,
  error: new SendError('ERR_TIMEOUT', 'timeout', 'all', 'no byte'),
  attempts: [{ side: 'legacy', destination: 'old', ms: 1, status: null, reason: 'timeout', reached: 'all' }],
  fallback: null,
};

const byId = templateOf('contract', 'Get:{id}');

/** With a Redis, as a gateway has it. */
export const sharedCache = ({ url, budget = 2000, maxBytes = 1e7, heard }: Omit<ReplicaSetup, 'policy'>) => {
  const steady = (): number => performance.now();
  const broken = (error: unknown): void => {
    throw error;
  };
  const state = redis({
    address: addressOf(url)!,
    budget,
    steady,
    chance: Math.random,
    changed: () => undefined,
  });
  let tier!: ReturnType<typeof sharing>;
  const kept = cache({
    maxBytes,
    adapters: { replyOf, detach: (call) => ({ call, deadline: unending }) },
    now: () => Date.now(),
    steady,
    every,
    longestWait: () => 0,
    chance: Math.random,
    sharedWith: (take) => {
      const takenBack = (tags: readonly string[]): void => {
        take(tags);
        heard?.(tags);
      };
      return (tier = sharing({ state, now: () => Date.now(), steady, takenBack, broken }));
    },
    broken,
  });
  return { kept, tier, state };
};

export const replica = ({ url, budget = 2000, policy: more, maxBytes = 1e7, heard }: ReplicaSetup): Replica => {
  const policy: CachePolicy = {
    ttl: 60_000,
    target: 'orders.Get',
    keyHeaders: new Set(),
    staleWhileRevalidate: 0,
    staleIfError: 0,
    refreshAhead: 0,
    maxBytes: 1e6,
    meanings,
    scope: 'contract Get',
    faults: new Map(),
    vary: [],
    shared: false,
    tags: [templateOf('contract', 'Get'), byId],
    isInvalidated: true,
    toldBy: () => null,
    ...more,
  };
  const { kept, tier, state } = sharedCache({ url, budget, maxBytes, ...(heard && { heard }) });
  const attempts = [{ side: 'legacy', destination: 'old', ms: 1, status: 200, reason: null, reached: 'all' } as const];
  const asked = async (service: () => Promise<string>) => ({
    reply: replyOf({ status: 200, reason: 'OK', raw: ['Content-Type', 'text/plain'] }, Buffer.from(await service())),
    error: null,
    attempts,
    fallback: null,
  });
  return {
    async read(id, service, deadline) {
      const { reply, cache: by } = await kept.through(policy, 'legacy', arrivalOf(id, deadline), () => asked(service));
      return { text: (await reply!.body.whole(1e7, unending)).toString(), by };
    },
    async write(id, service, isLate = false) {
      await kept.write({ meanings, tags: [byId] }, arrivalOf(id), () =>
        isLate
          ? Promise.resolve(waitedFor)
          : asked(async () => {
              await service();
              return 'done';
            }),
      );
      if (isLate) await service();
    },
    get isCurrent() {
      return tier.isCurrent;
    },
    get isUp() {
      return state.isUp;
    },
    get entries() {
      return kept.memory.entries;
    },
    close() {
      tier.close();
      state.close();
    },
  };
};

/** Several of one state, once each of them hears the news. */
export const replicas = async (t: ExecutionContext, count: number, setup: ReplicaSetup): Promise<Replica[]> => {
  const all = Array.from({ length: count }, () => replica(setup));
  t.teardown(() => all.forEach((each) => each.close()));
  await eventually(() => all.every(({ isCurrent, isUp }) => isCurrent && isUp), 20_000);
  return all;
};
