// GET /api/v1/cache, GET /api/v1/cache/KEY, POST /api/v1/cache/purge: what is kept, without its content, and how to be rid of it.
import { cachedResults } from '../cache/remembered.ts';
import type { Entry } from '../cache/entry.ts';
import type { Memory } from '../cache/memory.ts';
import { purges, shownTag, type Purge } from '../cache/purge.ts';
import type { Events } from '../events.ts';
import { cacheResults } from '../exchange.ts';
import type { Plan, Table } from '../table/table.ts';
import { column, width } from '../telemetry/columns.ts';
import type { Counters } from '../telemetry/counters.ts';
import { jsonBody } from './body.ts';
import { AdminError } from './problem.ts';
import { cachedPlans, operationsOf, unknownIn } from './purge-names.ts';
import type { Context } from 'koa';
import type { CacheEntryRow, CacheOperationRow, CacheSize, CacheView, PurgeResult } from './shapes.ts';

export interface CacheSource {
  readonly size: () => CacheSize;
  readonly view: () => CacheView;
  /** Null: nothing is kept by this key. */
  readonly inspect: (key: string) => CacheEntryRow | null;
  /** What to say of a purge that names nothing there is; null: it does. */
  readonly unknown: (purge: Purge) => string | null;
  readonly purge: (purge: Purge, why: string) => Promise<PurgeResult>;
}

export interface CacheSourceParts {
  readonly memory: Memory;
  /** From what replicas share, and from the memory of the others. */
  readonly takeBackElsewhere: (tags: readonly string[]) => void;
  readonly counters: Counters;
  readonly table: () => Table | null;
  readonly events: Events;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const cacheSource = ({
  memory,
  takeBackElsewhere,
  counters,
  table,
  events,
  now,
}: CacheSourceParts): CacheSource => {
  const size = (): CacheSize => ({ entries: memory.entries, bytes: memory.bytes, bound: memory.bound });
  return {
    size,
    view: () => ({ ...size(), operations: cachedPlans(table()).map((plan) => operationRow(counters, plan)) }),
    inspect(key) {
      const entry = memory.peek(key);
      return entry === undefined ? null : entryRow(key, entry);
    },
    unknown: (purge) => unknownIn(table(), purge),
    async purge(purge, why) {
      const before = size();
      const operations = operationsOf(purge, purge.by === 'key' ? memory.peek(purge.name)?.of : undefined);
      const purging = memory.purge(purges(purge));
      takeBackElsewhere(wholes(cachedPlans(table()).filter(operations)));
      const purged = await purging;
      const what = purge.by === 'all' ? 'all' : `${purge.by} ${purge.name}`;
      events.emit({ type: 'cache-purged', at: now(), what, entries: purged, why });
      return { purged, before, after: size() };
    },
  };
};

const wholes = (plans: readonly Plan[]): readonly string[] => [
  ...new Set(
    plans.flatMap(({ cache, http }) => (cache?.tags ?? http?.templates ?? []).slice(0, 1)).map((each) => each.whole),
  ),
];

const operationRow = ({ rows }: Counters, plan: Plan): CacheOperationRow => {
  const counts = cacheResults.map((_, index) => rows[plan.slot * width + column.cache + index] ?? 0);
  const calls = counts.reduce((sum, each) => sum + each, 0);
  const hits = counts.reduce((sum, each, index) => sum + (cachedResults.has(cacheResults[index]!) ? each : 0), 0);
  const results = Object.fromEntries(
    cacheResults.map((name, index) => [name, counts[index]!]).filter(([, count]) => count !== 0),
  );
  return { target: `${plan.route}.${plan.operation}`, calls, hits, results };
};

/** No body, and of the headers only what no caller could have chosen. */
const entryRow = (key: string, entry: Entry): CacheEntryRow => {
  const { raw, body, status, keepable, of, by, destination, storedAt, freshUntil, staleUntil, errorUntil, tags } =
    entry;
  const type = raw.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === 'content-type');
  return {
    key,
    target: of,
    side: by,
    destination,
    status,
    fault: keepable.fault,
    contentType: type === -1 ? null : (raw[type + 1] ?? null),
    length: body.length,
    storedAt,
    freshUntil,
    staleUntil,
    errorUntil,
    tags: tags.map(shownTag),
  };
};

const ways = ['key', 'tag', 'operation', 'route'] as const;

const bad = (detail: string): AdminError => new AdminError(400, 'Bad request', detail);

const wanted = (body: Readonly<Record<string, unknown>>): { purge: Purge; why: string } => {
  const { all, why = '', ...names } = body;
  const unknown = Object.keys(names).find((key) => !ways.some((way) => way === key));
  if (unknown !== undefined) throw bad(`unknown key '${unknown}'; expected all, ${ways.join(', ')}, why`);
  if (typeof why !== 'string' || why.length > 500) throw bad('why is not a text of at most 500 characters');
  const said = ways.filter((way) => names[way] !== undefined);
  if (all !== undefined && all !== true) throw bad('all is not true');
  const [by] = said;
  if (said.length + (all === true ? 1 : 0) !== 1) throw bad(`expected exactly one of all: true, ${ways.join(', ')}`);
  if (by === undefined) return { purge: { by: 'all', name: '' }, why };
  const name = names[by];
  if (typeof name !== 'string' || name === '') throw bad(`${by} is ${JSON.stringify(name)}; expected a text`);
  return { purge: { by, name }, why };
};

export const purgeHandler =
  (cache: CacheSource) =>
  async (ctx: Context): Promise<void> => {
    const { purge, why } = wanted(await jsonBody(ctx));
    const unknown = cache.unknown(purge);
    if (unknown !== null) throw new AdminError(404, 'Not found', unknown);
    ctx.body = await cache.purge(purge, why === '' ? 'by hand' : why);
  };

export const inspectHandler =
  (cache: CacheSource) =>
  (ctx: Context & { readonly params: Readonly<Record<string, string>> }): void => {
    const key = ctx.params['key'] ?? '';
    const entry = cache.inspect(key);
    if (entry === null) throw new AdminError(404, 'Not found', `nothing is kept by the key '${key}'`);
    ctx.body = entry;
  };
