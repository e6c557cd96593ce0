// Where all lines of the gateway go: JSON, one a line, to standard output in batches. The only file that imports pino.
import { pino } from 'pino';
import { lineBatch } from './line-batch.ts';
import { lineSink } from './line-sink.ts';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

export interface Log {
  readonly logger: Logger;
  /** Writes a line that is complete already, with its line feed; it shares the batches of `logger`. */
  write(line: string): void;
  /** Lines lost because standard output was not read, or could not be written. */
  readonly dropped: number;
  /** Writes what is waiting, now and synchronously, as far as that goes. For an end of the process that `close` cannot come before. */
  flush(): void;
  /** Resolves when all is written, or cannot be: a reader that stands still is waited for some seconds. */
  close(): Promise<void>;
}

/** What must never be read in a log, wherever an object that is logged carries it. */
const secrets = ['password', 'token', 'secret', 'authorization', 'cookie', 'apiKey', 'cohortKey', 'envelope', 'body'];
const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Bytes that come together before they are written, and milliseconds that they may wait. */
const blockSize = 128 * 1024;
const longestWait = 1_000;

/**
 * `level`: `$LOG_LEVEL`, one of pino's, `info` where nothing is said. `to`: a file, or standard output.
 * `changed`: as lineSink has it. Lines wait until 128 KiB have come together or a second has passed. Throws where the file cannot be opened.
 */
export const log = (
  options: {
    readonly level?: string | undefined;
    readonly to?: string | number;
    readonly changed?: (why: string | null) => void;
  } = {},
): Log => {
  const sink = lineSink(options.to ?? 1, options.changed);
  const batch = lineBatch(blockSize, (block) => sink.add(block));
  const flush = (): void => {
    batch.flush();
    sink.flushSync();
  };
  const timer = setInterval(() => batch.flush(), longestWait).unref();
  process.on('exit', flush);
  const lines = { write: (line: string) => batch.add(line), flushSync: flush };
  const logger = pino({ level: known(options.level), base: null, redact: { paths, censor: '[redacted]' } }, lines);
  return {
    logger,
    write: (line) => batch.add(line),
    get dropped() {
      return sink.dropped;
    },
    flush,
    close: () => {
      clearInterval(timer);
      process.off('exit', flush);
      batch.flush();
      return sink.close();
    },
  };
};

/** A misspelt level must not keep the gateway from starting, nor make it silent. */
const known = (level: string | undefined): string =>
  level !== undefined && (level === 'silent' || level in pino.levels.values) ? level : 'info';
