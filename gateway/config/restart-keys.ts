// Decision 21: what binds at start. A change of it is reported, the rest of the file applies.
import type { Config } from './settle.ts';

const fixed = ['listen', 'admin', 'health', 'tls', 'http2', 'proxyProtocol', 'cache', 'killFile'] as const;

/** Keys of the file that say otherwise than what the process was started with. What is asked for call by call is none of them. */
export const restartKeys = (running: Config, now: Config): readonly string[] => {
  const changed = fixed.filter((key) => !isSame(running.gateway[key], now.gateway[key]));
  const { held: _, ...limits } = running.gateway.limits;
  const bounds = (Object.keys(limits) as (keyof typeof limits)[]).filter(
    (key) => limits[key] !== now.gateway.limits[key],
  );
  return [
    ...changed.map((key) => `gateway.${key}`),
    ...bounds.map((key) => `gateway.limits.${key}`),
    ...(running.state === now.state ? [] : ['state']),
  ];
};

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
