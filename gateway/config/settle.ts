// What routes say for their operations, settled: no reader of a Config has to look in two places, or to know a default.
import type { Calling, HeaderEdit, Treat } from '../../adapters/adapter.ts';
import { reasons } from '../../adapters/errors.ts';
import type { Reason } from '../../adapters/errors.ts';
import type { Credential, RateLimit } from '../admission/schema.ts';
import type { SaidCache } from '../cache/schema.ts';
import { effectOf } from '../forward/effect-of.ts';
import type { HedgeSettings, RetrySettings } from '../guard/again/schema.ts';
import type { DeadlineSettings } from '../guard/time/schema.ts';
import type { BudgetSettings, Effect } from '../forward/schema.ts';
import type { BreakerSettings, Priority } from '../guard/schema.ts';
import type { Match } from '../routing/schema.ts';
import { sessionSource, type SaidSession } from '../traffic/schema.ts';
import type { SessionSettings } from '../traffic/session.ts';
import type { CohortSource } from '../traffic/traffic.ts';
import { settleDestination, type DestinationSettings } from './destinations.ts';
import type { FileSettings, GatewaySettings, SaidOperation, SaidRoute } from './schema.ts';

export interface OperationSettings {
  readonly effect: Effect;
  /** null: `POST /{operation}`, where it matters. */
  readonly call: Calling | null;
  /** What becomes of the caller's credentials where modern is asked in JSON. */
  readonly identity: 'ignore' | 'forward' | null;
  /** What a 4xx of modern means, by status. */
  readonly treat: Treat;
  /** 0 … 10 000. */
  readonly points: number;
  /** Empty: no fallback. */
  readonly fallback: readonly Reason[];
  /** Milliseconds to the first byte of a reply, and then between bytes; null: as each destination has it. */
  readonly timeout: number | null;
  /** For a call in all; null: no bound. */
  readonly deadline: DeadlineSettings | null;
  /** Null: as each destination has it. */
  readonly retries: RetrySettings | 'off' | null;
  readonly hedge: HedgeSettings | 'off' | null;
  /** Modern is asked after legacy, too. */
  readonly reverse: boolean;
  /** Of modern; null: nothing said, here or on the route. */
  readonly breaker: BreakerSettings | 'off' | null;
  /** Null: by its effect. */
  readonly priority: Priority | null;
  readonly cohort: readonly CohortSource[];
  readonly salt: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** null: none. */
  readonly cache: SaidCache | null;
  readonly cacheStatus: boolean;
  /** Kept answers that its calls take back, as written. */
  readonly invalidates: readonly string[];
  /** Of the operation's own, in addition to the route's. */
  readonly admission: AdmissionSettings;
}

/** Who may call, and how often; null: no rule. */
export interface AdmissionSettings {
  /** All of one of these. */
  readonly require: readonly Credential[] | null;
  /** `by` is settled. */
  readonly rateLimit: (RateLimit & { readonly by: readonly CohortSource[] }) | null;
}

export interface RouteSettings {
  readonly match: Match;
  readonly protocol: 'soap' | 'rest' | 'http';
  /** Name of the destination whose WSDL the operations are of; null: legacy's, or modern's. */
  readonly contract: string | null;
  readonly legacy: string | null;
  readonly modern: string | null;
  readonly mismatch: 'legacy' | 'refuse';
  readonly dispatch: 'both' | 'action' | 'payload';
  /** Its salt is that of the route whose operations these are; null: calls are told apart one by one. */
  readonly session: (SessionSettings & { readonly salt: string }) | null;
  /** How SOAP callers are told errors of the gateway's own. */
  readonly errors: 'fault' | 'status';
  /** Part of the path → what destinations have in its place; null: their urls tell. */
  readonly rewrite: { readonly prefix: string; readonly to: string } | null;
  /** Null: no bound on second sends. */
  readonly budget: BudgetSettings | null;
  readonly decisionHeader: boolean;
  /** null: nothing is said. */
  readonly headers: { readonly request: HeaderEdit | null; readonly response: HeaderEdit | null };
  /** Bytes; null: no bound. */
  readonly limits: { readonly prefix: number; readonly body: number | null; readonly header: number | null };
  readonly admission: AdmissionSettings;
  /** What holds for calls of no named operation. Its `salt` is `route/other`. */
  readonly other: OperationSettings;
  /** Nothing was said of `other`'s effect and the route is not SOAP: the method of each call tells, see `effectOf`. */
  readonly otherByMethod: boolean;
  /** By name. */
  readonly operations: ReadonlyMap<string, OperationSettings>;
  /** The route whose entries `operations` are, salts included (decision 16); null: its own. */
  readonly operationsFrom: string | null;
}

/** The file, validated. Durations in milliseconds, sizes in bytes, weights in points, paths of files absolute. */
export interface Config {
  readonly gateway: GatewaySettings;
  /** `memory`, or an address that gateway/state/address.ts takes apart; it may hold a password. */
  readonly state: string;
  readonly destinations: ReadonlyMap<string, DestinationSettings>;
  readonly routes: ReadonlyMap<string, RouteSettings>;
}

export const settle = (file: FileSettings): Config => ({
  gateway: file.gateway,
  state: file.state,
  destinations: new Map(Object.entries(file.destinations).map(([name, said]) => [name, settleDestination(said)])),
  routes: new Map(Object.entries(file.routes).map(([name, route]) => [name, settleRoute(name, route, file)])),
});

const settleRoute = (name: string, route: SaidRoute, file: FileSettings): RouteSettings => {
  const from = sharedFrom(route);
  const [owner, owned] = from === null ? [name, route] : [from, own(file.routes, from) ?? route];
  return {
    match: { ...route.match, iis: (route.paths ?? (route.protocol === 'soap' ? 'iis' : 'exact')) === 'iis' },
    protocol: route.protocol,
    contract: route.contract ?? null,
    legacy: route.legacy ?? null,
    modern: route.modern ?? null,
    mismatch: route.mismatch,
    dispatch: route.dispatch,
    session: settleSession(route.session ?? owned.session, owned.salt ?? owner),
    errors: route.errors,
    rewrite: route.rewrite ?? null,
    budget: route.budget ?? null,
    decisionHeader: route.decisionHeader,
    headers: { request: route.headers?.request ?? null, response: route.headers?.response ?? null },
    limits: { ...route.limits, body: route.limits.body ?? null, header: route.limits.header ?? null },
    admission: settleAdmission(route, route.cohort),
    other: settleOperation({ name: 'other', said: {}, owner: name, route }),
    otherByMethod: route.protocol === 'http' && route.effect === undefined,
    operations: new Map(
      Object.entries(ownOperations(owned)).map(([operation, said]) => [
        operation,
        settleOperation({ name: operation, said, owner, route: owned }),
      ]),
    ),
    operationsFrom: from,
  };
};

const settleSession = (said: SaidSession | undefined, salt: string): RouteSettings['session'] =>
  said === undefined ? null : { source: sessionSource(said), idle: said.idle, salt };

interface Unsettled {
  readonly name: string;
  readonly said: SaidOperation;
  /** Name of the route that has the entry. */
  readonly owner: string;
  readonly route: SaidRoute;
}

const settleOperation = ({ name, said, owner, route }: Unsettled): OperationSettings => ({
  effect: said.effect ?? route.effect ?? effectUnsaid(name, said, route.protocol),
  call: said.call ?? null,
  identity: said.identity ?? route.identity ?? null,
  treat: { ...route.treat, ...said.treat },
  points: said.weight ?? route.weight ?? 0,
  timeout: said.timeout ?? route.timeout ?? null,
  deadline: (said.deadline === undefined ? route.deadline : said.deadline) ?? null,
  retries: said.retries ?? route.retries ?? null,
  hedge: said.hedge ?? route.hedge ?? null,
  fallback: (said.fallback ?? route.fallback)?.on ?? reasons,
  reverse: (said.fallback ?? route.fallback)?.reverse ?? false,
  breaker: said.breaker ?? route.breaker ?? null,
  priority: said.priority ?? route.priority ?? null,
  cohort: said.cohort ?? route.cohort ?? [{ from: 'ip' }],
  salt: said.salt ?? `${route.salt ?? owner}/${name}`,
  include: said.include ?? route.include ?? [],
  exclude: said.exclude ?? route.exclude ?? [],
  cache: cacheOf(name, said, route),
  cacheStatus: said.cacheStatus ?? route.cacheStatus ?? false,
  invalidates: said.invalidates ?? [],
  admission: settleAdmission(said, said.cohort ?? route.cohort),
});

/** What a route says of caching is meant for its reads. */
const cacheOf = (name: string, said: SaidOperation, route: SaidRoute): SaidCache | null => {
  if (said.cache !== undefined) return said.cache;
  // A method tells what is safe (RFC 9110 §9.2.1); names of a contract's operations do not.
  const isRead = (said.effect ?? route.effect) === 'read' && (route.protocol !== 'http' || name.startsWith('GET '));
  const isGet =
    route.protocol === 'http' && said.effect === undefined && route.effect === undefined && name.startsWith('GET ');
  return isRead || isGet ? (route.cache ?? null) : null;
};

const settleAdmission = (
  said: Pick<SaidOperation, 'require' | 'rateLimit'>,
  cohort: SaidRoute['cohort'],
): AdmissionSettings => ({
  require: said.require ?? null,
  rateLimit:
    said.rateLimit === undefined ? null : { ...said.rateLimit, by: said.rateLimit.by ?? cohort ?? [{ from: 'ip' }] },
});

/** A write where nothing tells; the method does on routes whose clients speak plain HTTP. */
const effectUnsaid = (name: string, said: SaidOperation, protocol: SaidRoute['protocol']): Effect => {
  if (protocol === 'soap') return 'write';
  return effectOf((protocol === 'rest' ? (said.call?.request ?? 'POST') : name).split(' ', 1)[0] ?? '');
};

/** The route named in `operations: { from: … }`, or null. */
const sharedFrom = (route: SaidRoute): string | null => {
  const from = route.operations?.['from'];
  return typeof from === 'string' ? from : null;
};

/** The operations that a route itself names. */
const ownOperations = (route: SaidRoute): Readonly<Record<string, SaidOperation>> =>
  sharedFrom(route) === null ? ((route.operations ?? {}) as Record<string, SaidOperation>) : {};

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
