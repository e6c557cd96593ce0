// Where no route takes a call: a route that answers 404, and never asks anybody.
import type { OperationSettings } from '../config/settle.ts';
import type { Making } from './making.ts';
import { planOf } from './plan.ts';
import type { RouteParts } from './route-parts.ts';
import type { Route } from './table.ts';

export const nowhere = (making: Making): Route => {
  // Knows no operation, but who speaks SOAP is told in SOAP that there is nothing here.
  const rules = { dispatch: 'both', mismatch: 'legacy' } as const;
  const protocol = making.adapters.soap({ contract: null, prefix: 0, ...rules, entrance: null });
  const settings: OperationSettings = {
    effect: 'write',
    call: null,
    identity: null,
    treat: {},
    points: 0,
    fallback: [],
    timeout: null,
    deadline: null,
    retries: null,
    hedge: null,
    reverse: false,
    breaker: null,
    priority: null,
    cohort: [],
    salt: '',
    include: [],
    exclude: [],
    cache: null,
    cacheStatus: false,
    invalidates: [],
    admission: { require: null, rateLimit: null },
  };
  const parts: RouteParts = {
    name: 'none',
    protocol: 'http',
    contract: null,
    mount: { path: '', iis: false },
    headers: null,
    legacy: null,
    modern: null,
    modernIsSoap: false,
    session: null,
    adapters: making.adapters,
    killed: making.killed,
    pinSecret: null,
    trusts: () => false,
    judged: false,
    whence: { trusts: () => false, cameIn: () => null },
    entrance: null,
    besides: [],
    standing: '',
    invalidated: [],
    slotOf: (operation) => making.slotOf('none', operation),
    breakerOf: () => null,
    repeatOf: () => null,
    bulkheadOf: () => null,
    budget: null,
    held: making.held,
    keyHeaders: [],
    http: { invalidated: () => [], change: () => null },
  };
  const other = planOf(parts, 'other', settings, false);
  return {
    name: 'none',
    protocol,
    operations: new Map(),
    other,
    otherByEffect: null,
    uncertain: null,
    plain: true,
    proxy: null,
    upgrades: null,
    decisionHeader: false,
    response: null,
    prefix: 0,
    admission: null,
    deadline: null,
    limits: null,
  };
};
