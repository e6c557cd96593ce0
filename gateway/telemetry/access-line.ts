// One line per call. Written by hand: a logger's way of building ten fields costs five times as much, and this is on every call.
import { failures } from './columns.ts';
import type { Attempt, Exchange } from '../exchange.ts';

const levels = { info: 30, warn: 40, error: 50 } as const;
export type LineLevel = (typeof levels)[keyof typeof levels];

/** How loud a call is: 30 as it should be; 40 a fallback, or refused; 50 the client did not get its answer. */
export const lineLevel = ({ outcome, fallback }: Exchange): LineLevel => {
  if (failures.has(outcome)) return levels.error;
  return outcome === 'refused' || fallback !== null ? levels.warn : levels.info;
};

/** Text that came from a client or a name of the file: quoted, with everything escaped that JSON wants escaped. */
const text = (value: string | null): string => (value === null ? 'null' : JSON.stringify(value));
const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** `modern:orders-modern 503 5xx 12.4ms`: side, destination, status, reason, time; `-` where there was none. */
const short = (attempt: Attempt): string =>
  `${attempt.side}:${attempt.destination} ${attempt.status ?? '-'} ${attempt.reason ?? '-'} ${tenths(attempt.ms)}ms`;

const attemptsOf = (attempts: readonly Attempt[]): string => {
  let list = '';
  for (const attempt of attempts) list += `${list === '' ? '' : ','}${text(short(attempt))}`;
  return `[${list}]`;
};

/**
 * `now`: milliseconds since 1970. The line ends in a line feed. It carries the name of the cohort's source, never its key, and
 * the path without query: neither bodies nor headers nor parameters.
 */
export const accessLine = (exchange: Exchange, now: number): string => {
  const { decision } = exchange;
  return (
    `{"level":${lineLevel(exchange)},"time":${now},"msg":"call"` +
    `,"route":${text(exchange.route)},"operation":${text(exchange.operation)}` +
    `,"side":"${decision.side}","reason":"${decision.reason}"` +
    `,"bucket":${decision.bucket},"cohort":${text(decision.cohort)}` +
    `,"by":"${exchange.by}","status":${exchange.status},"outcome":"${exchange.outcome}","ms":${tenths(exchange.ms)}` +
    `,"attempts":${attemptsOf(exchange.attempts)}` +
    `,"fallback":${text(exchange.fallback)},"undecided":${text(exchange.undecided)},"error":${text(exchange.error)}` +
    `,"revision":${exchange.revision},"method":${text(exchange.method)},"path":${text(exchange.path)}` +
    `,"traceparent":${text(exchange.traceparent)}}\n`
  );
};
