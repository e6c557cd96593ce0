// GET /api/v1/breakers, POST /api/v1/breakers/{open,close,auto}: held by hand, or left to what calls do.
import { jsonBody } from './body.ts';
import { AdminError } from './problem.ts';
import type { Forced } from '../events.ts';
import type { Breaker } from '../guard/breaker.ts';
import type { Breakers } from '../guard/breakers.ts';
import type { Context } from 'koa';
import type { BreakerRow } from './shapes.ts';

export const breakerRow = ({ of, state, forced, changes }: Breaker): BreakerRow => ({
  target: `${of.destination}/${of.operation}`,
  destination: of.destination,
  operation: of.operation,
  state,
  forced,
  opened: changes.open,
});

const verbs: Readonly<Record<string, Forced | null>> = { open: 'open', close: 'closed', auto: null };
const keys: ReadonlySet<string> = new Set(['target', 'why']);

interface Wanted {
  readonly target: string;
  readonly why: string;
}

const wanted = (body: Readonly<Record<string, unknown>>): Wanted => {
  const { target, why = '' } = body as Partial<Record<keyof Wanted, unknown>>;
  const unknown = Object.keys(body).find((key) => !keys.has(key));
  if (unknown !== undefined) throw bad(`unknown key '${unknown}'; expected target, why`);
  if (typeof target !== 'string' || target === '')
    throw bad(`target is ${JSON.stringify(target)}; expected 'destination' or 'destination/operation'`);
  if (typeof why !== 'string' || why.length > 500) throw bad('why is not a text of at most 500 characters');
  return { target, why };
};

const bad = (detail: string): AdminError => new AdminError(400, 'Bad request', detail);

/** No slashes in names of destinations; operations may have some: `api/GET /orders/{id}`. */
const placeOf = (target: string): { destination: string; operation: string | null } => {
  const slash = target.indexOf('/');
  if (slash === -1) return { destination: target, operation: null };
  return { destination: target.slice(0, slash), operation: target.slice(slash + 1) };
};

const whoHasOne =
  'a destination that is a modern has one unless breaker is off, any other, such as a legacy, only where the file says breaker: at it';

export const breakerHandler =
  (breakers: Breakers) =>
  async (ctx: Context & { readonly params: Readonly<Record<string, string>> }): Promise<void> => {
    const verb = ctx.params['how'] ?? '';
    if (!Object.hasOwn(verbs, verb))
      throw new AdminError(404, 'Not found', `there is no '${verb}'; expected open, close or auto`);
    const { target, why } = wanted(await jsonBody(ctx));
    const result = breakers.force(placeOf(target), { forced: verbs[verb] ?? null, why: why === '' ? 'by hand' : why });
    if (result.is === 'unknown') {
      const hint = result.nearest === null ? `; ${whoHasOne}` : `; did you mean ${result.nearest}?`;
      throw new AdminError(404, 'Not found', `there is no breaker of '${target}'${hint}`, { ...result });
    }
    ctx.body = { breakers: result.breakers.map(breakerRow) };
  };
