// What a flip changed, told as weights.
import type { WeightChange } from '../events.ts';
import type { Table } from './table.ts';
import { weighedPlans } from './weighed.ts';

export const weightChanges = (before: Table | null, after: Table): readonly WeightChange[] => {
  const [old, now] = [weights(before), weights(after)];
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.points === is?.points) return [];
    const { route, operation } = (is ?? was)!;
    return [{ route, operation, before: was?.points ?? null, after: is?.points ?? null }];
  });
};

const weights = (table: Table | null) =>
  new Map(
    weighedPlans(table).map(
      ({ route, operation, traffic }) =>
        [`${route}.${operation}`, { route, operation, points: traffic.points }] as const,
    ),
  );
