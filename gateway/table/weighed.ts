// Which plans have a weight of their own.
import type { Plan, Route, Table } from './table.ts';

/** Operations by name, and `other` where a route that is not SOAP splits calls of no named operation, too. */
export const weighedPlans = (table: Table | null): Plan[] => (table?.routes ?? []).flatMap(weighedOf);

export const weighedOf = (route: Route): Plan[] => {
  const named = [...route.operations.values()];
  return isWeighed(route) ? [...named, route.other] : named;
};

export const isWeighed = ({ other, otherByEffect }: Route): boolean =>
  otherByEffect !== null && other.traffic.sides === 'both';
