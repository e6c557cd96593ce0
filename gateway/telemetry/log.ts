// Where all lines of the gateway go: JSON, one a line, to standard output in batches. The only file that imports pino.
import { destination as stream, pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

export interface Log {
  readonly logger: Logger;
  /** Resolves when the stream is open; lines written before that wait. */
  readonly ready: Promise<void>;
  /** Writes a line that is complete already, with its line feed; it shares the batches of `logger`. */
  write(line: string): void;
  /** Lines lost because the reader of standard output did not keep up. */
  readonly dropped: number;
  /** Writes what is waiting, now and synchronously. For the end of the process, and after an error that may end it. */
  flush(): void;
  close(): void;
}

/** What must never be read in a log, wherever an object that is logged carries it. */
const secrets = ['password', 'token', 'secret', 'authorization', 'cookie', 'apiKey', 'cohortKey', 'envelope', 'body'];
const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Bytes that may wait for a reader of standard output; beyond them lines are dropped and counted. */
const maxWaiting = 16 * 1024 * 1024;

/**
 * `level`: `$LOG_LEVEL`, one of pino's, `info` where nothing is said. `to`: a file, or standard output.
 * Lines wait until 16 KiB have come together or a second has passed.
 */
export const log = (options: { readonly level?: string | undefined; readonly to?: string | number } = {}): Log => {
  const sink = stream({
    dest: options.to ?? 1,
    sync: false,
    minLength: 16 * 1024,
    maxWrite: 64 * 1024,
    maxLength: maxWaiting,
    periodicFlush: 1_000,
  });
  const ready = new Promise<void>((resolve, reject) => {
    sink.once('ready', resolve);
    sink.once('error', reject);
  });
  let dropped = 0;
  sink.on('drop', () => (dropped += 1));
  const logger = pino({ level: known(options.level), base: null, redact: { paths, censor: '[redacted]' } }, sink);
  return {
    logger,
    ready,
    write: (line) => void sink.write(line),
    get dropped() {
      return dropped;
    },
    flush: () => sink.flushSync(),
    close: () => sink.end(),
  };
};

/** A misspelt level must not keep the gateway from starting, nor make it silent. */
const known = (level: string | undefined): string =>
  level !== undefined && (level === 'silent' || level in pino.levels.values) ? level : 'info';
