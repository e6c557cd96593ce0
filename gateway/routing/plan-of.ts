// From what a call was identified as to the plan that says how it goes.
import type { Decision } from '../exchange.ts';
import { effectOf } from '../forward/effect-of.ts';
import type { Plan, Route } from '../table/table.ts';
import type { Known } from './identify.ts';

/** The plan under which a call is sent. */
export const planOf = (known: Known, route: Route, method: string): Plan => {
  const { identified, named } = known;
  const name = identified === null ? named : 'name' in identified ? identified.name : null;
  const own = name === null ? undefined : route.operations.get(name);
  return own ?? route.otherByEffect?.[effectOf(method)] ?? route.other;
};

/** Calls about which nothing is decided: of no certain operation, or of none. Legacy, never modern by accident. */
export const undecidable = (known: Known, route: Route): Decision | null => {
  const { identified } = known;
  if (identified === null || identified.is === 'operation') return null;
  if (identified.is === 'other' && route.otherByEffect !== null) return null;
  return identified.is === 'other' || identified.is === 'answered' ? otherwise : undecided;
};

const undecided: Decision = { side: 'legacy', reason: 'undecided', bucket: null, cohort: null };
const otherwise: Decision = { side: 'legacy', reason: 'other', bucket: null, cohort: null };
