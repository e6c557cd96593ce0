// A cache of plain HTTP as one replica has it, before an origin that is a function: no gateway, no wire, but a Redis.
import type { HttpCachePolicy } from '../../gateway/cache/http/policy.ts';
import { httpTemplate } from '../../gateway/cache/http/template.ts';
import type { CacheResult } from '../../gateway/exchange.ts';
import { parametersOf } from '../../gateway/routing/rest-parameters.ts';
import type { Arriving, Call, Deadline, Raw } from '../../adapters/adapter.ts';
import { noBody } from '../../adapters/wire/bytes.ts';
import { plainCall } from './plain-call.ts';
import { replyOf, sharedCache, unending, waitedFor, type Replica, type ReplicaSetup } from './replica.ts';

export interface Given {
  readonly status: number;
  readonly text: string;
  readonly raw: Raw;
  readonly by: CacheResult | null;
  readonly key: string;
}

export interface Answering {
  readonly text: string;
  readonly status?: number;
  readonly raw?: Raw;
}
export type Origin = (call: Call) => Promise<Answering> | Answering;

export interface Asked {
  readonly raw?: Raw;
  readonly deadline?: Deadline;
  readonly method?: string;
}

export interface PlainReplica extends Replica {
  /** As a client of /x/{id} has it. Rejects where nobody answered. */
  ask(target: string, origin: Origin, asked?: Asked): Promise<Given>;
}

const operation = 'GET /x/{id}';
const whole = httpTemplate('api', operation);
const byId = httpTemplate('api', operation, ['id']);

export interface PlainSetup extends Omit<ReplicaSetup, 'policy'> {
  readonly policy?: Partial<HttpCachePolicy>;
  /** `PUT /x/{id}` names what it takes back; false: that its target changed is all that is known. */
  readonly names?: boolean;
}

export const plainReplica = ({ policy: more, names = false, ...setup }: PlainSetup): PlainReplica => {
  const policy: HttpCachePolicy = {
    ttl: 60_000,
    target: `api.${operation}`,
    keyHeaders: new Set(),
    staleWhileRevalidate: 0,
    staleIfError: 0,
    refreshAhead: 0,
    maxBytes: 1e6,
    scope: 'api',
    vary: [],
    shared: false,
    templates: names ? [whole, byId] : [whole],
    isInvalidated: names,
    inputOf: parametersOf(operation),
    toldBy: () => null,
    ...more,
  };
  const change = {
    keptAt: () => [whole.whole],
    takes: names ? [byId] : [],
    uncertain: [],
    inputOf: parametersOf('PUT /x/{id}'),
  };
  const { kept, tier, state } = sharedCache(setup);
  const attempts = [{ side: 'legacy', destination: 'old', ms: 1, status: 200, reason: null, reached: 'all' } as const];
  const asking =
    (origin: Origin) =>
    async (call: Call, { ended }: Deadline) => {
      const { text, status = 200, raw = [] } = await origin(call);
      if (ended !== null) return { reply: null, error: ended, attempts, fallback: null };
      const reply = replyOf({ status, reason: '', raw: [...raw, 'Content-Length', '0'] }, Buffer.from(text));
      const blame = status >= 500 ? ({ blame: 'destination', reason: '5xx' } as const) : reply.verdict;
      return { reply: { ...reply, verdict: blame }, error: null, attempts, fallback: null };
    };
  const arrivalOf = (target: string, { raw = [], deadline = unending, method = 'GET' }: Asked): Arriving =>
    ({
      ...plainCall({ method, target, raw: ['Host', 'api.example', ...raw] }),
      body: noBody(),
      deadline,
      method,
      target,
    }) as unknown as Arriving;
  const ask: PlainReplica['ask'] = async (target, origin, asked = {}) => {
    const { reply, error, cache, cacheTold } = await kept.http.through(
      policy,
      'legacy',
      arrivalOf(target, asked),
      asking(origin),
    );
    if (reply === null) throw error ?? new Error('nobody answered');
    const { status, raw } = reply.head;
    const text = (await reply.body.whole(1e7, unending)).toString();
    return { status, text, raw, by: cache, key: cacheTold?.key ?? '' };
  };
  return {
    ask,
    async read(id, service, deadline) {
      const origin = async () => ({ text: await service() });
      return await ask(`/x/${encodeURIComponent(id)}`, origin, deadline === undefined ? {} : { deadline });
    },
    async write(id, service, isLate = false) {
      const arrival = arrivalOf(`/x/${encodeURIComponent(id)}`, { method: 'PUT' });
      await kept.http.write(
        change,
        arrival,
        isLate
          ? () => Promise.resolve(waitedFor)
          : asking(async () => {
              await service();
              return { text: 'done' };
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
