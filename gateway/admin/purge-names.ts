// What a purge names: which operations it concerns, and whether there is any such thing. A mistyped name must not look like an empty cache.
import type { HttpCachePolicy } from '../cache/http/policy.ts';
import type { Purge } from '../cache/purge.ts';
import type { Template } from '../cache/tags.ts';
import { nearest } from '../lib/nearest.ts';
import { isClear, targetPath } from '../routing/readings.ts';
import { restOperations } from '../routing/rest-operations.ts';
import type { Plan, Table } from '../table/table.ts';

export const cachedPlans = (table: Table | null): Plan[] =>
  plansOf(table).filter(({ cache, http }) => cache !== null || http !== null);

const plansOf = (table: Table | null): Plan[] =>
  (table?.routes ?? []).flatMap(({ operations }) => Array.from(operations.values()));

/**
 * Operations that a purge concerns: nobody knows all that replicas share by key or tag, so these lose all there. `target`: the operation of the
 * answer with that key, where it is known here.
 */
export const operationsOf =
  ({ by, name }: Purge, target: string | undefined) =>
  (plan: Plan): boolean => {
    const own = targetOf(plan);
    switch (by) {
      case 'all':
        return true;
      case 'key':
        return target === undefined || target === own;
      case 'operation':
        return own === name;
      case 'route':
        return plan.route === name;
      case 'tag':
        return isTagOf(plan, name);
      default:
        return by satisfies never;
    }
  };

/** Null: there is such a thing, or nobody can tell. Else what to say to whoever named it. */
export const unknownIn = (table: Table | null, { by, name }: Purge): string | null => {
  switch (by) {
    case 'all':
    case 'key':
      return null;
    case 'operation': {
      const known = plansOf(table).map(targetOf);
      return known.includes(name) ? null : noSuch(by, name, known);
    }
    case 'route': {
      const known = (table?.routes ?? []).map((route) => route.name);
      return known.includes(name) ? null : noSuch(by, name, known);
    }
    case 'tag': {
      const plans = cachedPlans(table);
      if (plans.some((plan) => isTagOf(plan, name))) return null;
      return noSuch(by, name, [...new Set(plans.flatMap((plan) => templatesOf(plan).map(written)))]);
    }
    default:
      return by satisfies never;
  }
};

const targetOf = ({ route, operation }: Plan): string => `${route}.${operation}`;

const templatesOf = ({ cache, http }: Plan): readonly Template[] => cache?.tags ?? http?.templates ?? [];

/** As in `invalidates`. */
const written = ({ operation, members }: Template): string =>
  members.length === 0 ? operation : `${operation}:${members.map((member) => `{${member}}`).join(',')}`;

/** Names that are told. */
const most = 10;

const noSuch = (by: string, name: string, known: readonly string[]): string => {
  const near = known.find((each) => each.endsWith(`.${name}`)) ?? nearest(name, known);
  const some = known.slice(0, most).join(', ') + (known.length > most ? ` and ${known.length - most} more` : '');
  const expected = known.length === 0 ? 'there is none at all' : `expected ${some}`;
  return `there is no ${by} '${name}'; ${near === null ? expected : `did you mean ${near}?`}`;
};

const isTagOf = (plan: Plan, name: string): boolean => {
  const templates = templatesOf(plan);
  const hasMembers = templates.some(({ members }) => members.length > 0);
  return templates.some(
    ({ operation, whole }) =>
      name === operation ||
      name === whole ||
      name.startsWith(`${whole}:`) ||
      (hasMembers && name.startsWith(`${operation}:`)) ||
      (plan.http !== null && isPathOf(plan.http, name)),
  );
};

/** A path that can be read in several ways may be any. */
const isPathOf = ({ templates }: HttpCachePolicy, name: string): boolean =>
  name.startsWith('/') &&
  (!isClear(targetPath(name)) || restOperations([templates[0]!.operation])('GET', name) !== null);
