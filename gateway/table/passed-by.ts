// Which routes http-proxy-middleware may carry, and which need our relay.
import type { DestinationSettings, Proxy } from '../../adapters/adapter.ts';
import type { Config, RouteSettings } from '../config/settle.ts';
import { effectOf } from '../forward/effect-of.ts';
import { boundedProxy } from '../guard/bounded.ts';
import { priorityOf } from './bulkhead-of.ts';
import type { RouteParts } from './route-parts.ts';

/** The same bound as for what our relay carries. */
export const passedBy = (
  parts: RouteParts,
  { other, otherByMethod }: RouteSettings,
  proxy: Proxy | null,
): Proxy | null => {
  const bulkhead = proxy === null ? null : parts.bulkheadOf(proxy.destination);
  if (proxy === null || bulkhead === null) return proxy;
  const priority = (method: string) => priorityOf(otherByMethod ? { ...other, effect: effectOf(method) } : other);
  return boundedProxy(bulkhead, priority, proxy);
};

/** What http-proxy-middleware cannot give it. */
export const needsRelay = (destination: DestinationSettings | undefined): boolean =>
  destination !== undefined &&
  'url' in destination &&
  (destination.requestFraming === 'length' ||
    destination.headers !== undefined ||
    destination.health !== undefined ||
    (destination.urls?.length ?? 1) > 1);

/** It keeps the destination's own time, and no other. */
export const isTimed = ({ other: { timeout, deadline } }: RouteSettings): boolean =>
  timeout !== null || deadline !== null;

/** It sends each call once. */
export const isRepeated = ({ legacy, modern, other }: RouteSettings, { destinations }: Config): boolean =>
  [other.retries, other.hedge, ...[legacy, modern].map((side) => destinations.get(side ?? '')?.retries)].some(
    (said) => typeof said === 'object' && said !== null,
  );

/** A breaker that the file speaks of; the usual one is no reason to carry a call otherwise. */
export const isGuarded = ({ legacy, modern, other }: RouteSettings, { destinations }: Config): boolean =>
  [other.breaker, ...[legacy, modern].map((side) => destinations.get(side ?? '')?.breaker)].some(
    (said) => typeof said === 'object' && said !== null,
  );
