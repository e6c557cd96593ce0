import type { Exchange } from '../../gateway/exchange.ts';

/** A call that went well on legacy; say what is different. */
export const exchange = (different: Partial<Exchange> = {}): Exchange => ({
  route: 'orders',
  operation: 'GetOrder',
  slot: 0,
  revision: 1,
  method: 'POST',
  path: '/OrderService.svc',
  decision: { side: 'legacy', reason: 'weight', bucket: 7_000, cohort: 'soapHeader:ClientId' },
  undecided: null,
  attempts: [{ side: 'legacy', destination: 'orders-legacy', ms: 11, status: 200, reason: null, reached: 'all' }],
  fallback: null,
  by: 'legacy',
  cache: null,
  status: 200,
  outcome: 'ok',
  ms: 12,
  traceparent: null,
  error: null,
  ...different,
});

/** A call that modern answered. */
export const modernExchange = (different: Partial<Exchange> = {}): Exchange =>
  exchange({
    decision: { side: 'modern', reason: 'weight', bucket: 12, cohort: 'soapHeader:ClientId' },
    attempts: [{ side: 'modern', destination: 'orders-modern', ms: 3, status: 200, reason: null, reached: 'all' }],
    by: 'modern',
    ms: 3.5,
    ...different,
  });

/** A call that modern failed and legacy answered. */
export const fallbackExchange = (different: Partial<Exchange> = {}): Exchange =>
  modernExchange({
    attempts: [
      { side: 'modern', destination: 'orders-modern', ms: 40, status: 503, reason: '5xx', reached: 'all' },
      { side: 'legacy', destination: 'orders-legacy', ms: 11, status: 200, reason: null, reached: 'all' },
    ],
    fallback: '5xx',
    by: 'legacy',
    ms: 52,
    ...different,
  });
