// From what a call was identified as to the plan that says how it goes.
import type { Decision } from '../exchange.ts';
import type { Identified } from '../../adapters/adapter.ts';
import { effectOf } from '../forward/effect-of.ts';
import type { Plan, Route } from '../table/table.ts';
import type { Known } from './identify.ts';

/** The plan under which a call is sent. */
export const planOf = (known: Known, route: Route, method: string): Plan => {
  const { identified, named } = known;
  const name = identified === null ? named : 'name' in identified ? identified.name : null;
  const own = name === null ? undefined : route.operations.get(name);
  if (own !== undefined) return own;
  const { uncertain } = route;
  if (uncertain !== null && identified !== null && mayTakeBack(identified, route, method)) return uncertain;
  return route.otherByEffect?.[effectOf(method)] ?? route.other;
};

/** May a call of no certain operation be a write that takes something back? */
const mayTakeBack = (identified: Identified, { operations }: Route, method: string): boolean => {
  // A side door: a form or JSON for the same operations. What is safe by its method is a document.
  if (identified.is === 'other') return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
  if (identified.is !== 'undecided') return false;
  const { names } = identified;
  return names.length === 0 || names.some((name) => (operations.get(name)?.takesBack ?? null) !== null);
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
