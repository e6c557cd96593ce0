// POST /api/v1/flip: one weight, with a reason.
import { AdminError } from './problem.ts';
import { jsonBody } from './body.ts';
import type { Context } from 'koa';
import type { FlipRequest } from './source.ts';
import type { FlipResult } from './shapes.ts';

interface Wanted {
  readonly target: string;
  readonly weight: number;
  readonly why: string;
}

const keys: ReadonlySet<string> = new Set(['target', 'weight', 'why']);

const wanted = (body: Readonly<Record<string, unknown>>): Wanted => {
  const { target, weight, why = '' } = body as Partial<Record<keyof Wanted, unknown>>;
  const unknown = Object.keys(body).find((key) => !keys.has(key));
  if (unknown !== undefined) throw bad(`unknown key '${unknown}'; expected target, weight, why`);
  if (typeof target !== 'string' || !target.includes('.'))
    throw bad(`target is ${JSON.stringify(target)}; expected 'route.operation', such as 'orders.GetOrder'`);
  if (typeof weight !== 'number' || !isWeight(weight))
    throw bad(`weight is ${JSON.stringify(weight)}; expected a number from 0 to 100 with at most two decimals`);
  if (typeof why !== 'string' || why.length > 500) throw bad('why is not a text of at most 500 characters');
  return { target, weight, why };
};

const isWeight = (weight: number): boolean => weight >= 0 && weight <= 100 && Math.round(weight * 100) / 100 === weight;

const bad = (detail: string): AdminError => new AdminError(400, 'Bad request', detail);

const failure = (result: Exclude<FlipResult, { is: 'flipped' }>): AdminError => {
  if (result.is === 'unknown') {
    const hint = result.nearest === null ? '' : `; did you mean ${result.nearest}?`;
    return new AdminError(404, 'Not found', `there is no operation '${result.target}'${hint}`, { ...result });
  }
  if (result.is === 'read-only')
    return new AdminError(409, 'File is read-only', `${result.file} may not be written; apply the patch`, {
      ...result,
    });
  const places = result.problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
  return new AdminError(422, 'Not valid', `not taken: ${places.join('; ') || 'see /readyz'}`, { ...result });
};

export const flipHandler =
  (flip: FlipRequest) =>
  async (ctx: Context): Promise<void> => {
    const { target, weight, why } = wanted(await jsonBody(ctx));
    const result = await flip(target, weight, why);
    if (result.is !== 'flipped') throw failure(result);
    ctx.body = result;
  };
