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

/** Text that came from a client: quoted, with everything escaped that JSON wants escaped. */
const text = (value: string | null): string => (value === null ? 'null' : JSON.stringify(value));

const quoted = new Map<string, string>();
/** A name of the file, of which there are few: quoted once. */
const name = (value: string | null): string => {
  if (value === null) return 'null';
  const had = quoted.get(value);
  if (had !== undefined) return had;
  if (quoted.size === mostNames) quoted.clear();
  const made = JSON.stringify(value);
  quoted.set(value, made);
  return made;
};
/** Files come and go in the life of a process. */
const mostNames = 50_000;

/** To a tenth. By hand, because writing a fraction as text costs more than all else in a line. */
const tenths = (ms: number): string => {
  const count = Math.round(ms * 10);
  const rest = count % 10;
  return rest === 0 ? `${count / 10}` : `${(count - rest) / 10}.${rest}`;
};

/**
 * `modern:orders-modern 503 5xx 12.4ms`: side, destination, status, reason, time; `-` where there was none. Then `retry` or `hedge` for
 * a further send to the same destination, and `lost` for one that was given up because another was answered first.
 */
const short = ({ side, destination, status, reason, ms, again, lost }: Attempt): string =>
  `"${side}:${name(destination).slice(1, -1)} ${status ?? '-'} ${reason ?? '-'} ${tenths(ms)}ms${again === undefined ? '' : ` ${again}`}${lost === undefined ? '' : ' lost'}"`;

const attemptsOf = (attempts: readonly Attempt[]): string => {
  const [first] = attempts;
  if (first === undefined) return '[]';
  return attempts.length === 1 ? `[${short(first)}]` : `[${attempts.map(short).join(',')}]`;
};

/** Of the latest line: thousands of calls share a millisecond, and a number of 13 digits is slow to write. */
const latest = { now: 0, text: '0' };
const stamp = (now: number): string => {
  if (latest.now !== now) {
    latest.now = now;
    latest.text = `${now}`;
  }
  return latest.text;
};

/**
 * `now`: milliseconds since 1970. The line ends in a line feed. It carries the name of the cohort's source, never its key, and
 * the path without query: neither bodies nor headers nor parameters.
 */
export const accessLine = (exchange: Exchange, now: number): string => {
  const { decision } = exchange;
  return (
    `{"level":${lineLevel(exchange)},"time":${stamp(now)},"msg":"call"` +
    `,"route":${name(exchange.route)},"operation":${name(exchange.operation)}` +
    `,"side":"${decision.side}","reason":"${decision.reason}"` +
    `,"bucket":${decision.bucket},"cohort":${name(decision.cohort)}` +
    `,"by":"${exchange.by}","status":${exchange.status},"outcome":"${exchange.outcome}","ms":${tenths(exchange.ms)}` +
    `,"attempts":${attemptsOf(exchange.attempts)}` +
    `,"fallback":${name(exchange.fallback)},"undecided":${name(exchange.undecided)},"error":${name(exchange.error)}` +
    `,"revision":${exchange.revision},"method":${text(exchange.method)},"path":${text(exchange.path)}` +
    `,"traceparent":${text(exchange.traceparent)}}\n`
  );
};
