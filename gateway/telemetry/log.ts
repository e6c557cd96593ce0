// Where all lines of the gateway go: JSON, one a line, to standard output in batches. The only file that imports pino.
import { destination as stream, pino } from 'pino';
import { lineBatch } from './line-batch.ts';
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
/** Bytes that come together before they are written, and milliseconds that they may wait. */
const blockSize = 64 * 1024;
const longestWait = 1_000;
const lineFeed = 0x0a;

/**
 * `level`: `$LOG_LEVEL`, one of pino's, `info` where nothing is said. `to`: a file, or standard output.
 * Lines wait until 128 KiB have come together or a second has passed.
 */
export const log = (options: { readonly level?: string | undefined; readonly to?: string | number } = {}): Log => {
  const sink = stream({
    dest: options.to ?? 1,
    sync: false,
    contentMode: 'buffer',
    // More than one block: what `flush` adds then never begins a write that the end of the process would not wait for.
    minLength: 2 * blockSize,
    maxWrite: 4 * blockSize,
    maxLength: maxWaiting,
  });
  const ready = new Promise<void>((resolve, reject) => {
    sink.once('ready', resolve);
    sink.once('error', reject);
  });
  let dropped = 0;
  sink.on('drop', (block: Buffer) => (dropped += linesIn(block)));
  const batch = lineBatch(blockSize, (block) => void sink.write(block as unknown as string));
  const flush = (): void => {
    batch.flush();
    sink.flushSync();
  };
  const timer = setInterval(() => {
    batch.flush();
    sink.flush();
  }, longestWait).unref();
  process.on('exit', flush);
  const lines = { write: (line: string) => batch.add(line), flushSync: flush };
  const logger = pino({ level: known(options.level), base: null, redact: { paths, censor: '[redacted]' } }, lines);
  return {
    logger,
    ready,
    write: (line) => batch.add(line),
    get dropped() {
      return dropped;
    },
    flush,
    close: () => {
      clearInterval(timer);
      process.off('exit', flush);
      batch.flush();
      sink.end();
    },
  };
};

const linesIn = (block: Buffer): number => {
  let count = 0;
  for (const byte of block) if (byte === lineFeed) count += 1;
  return count;
};

/** A misspelt level must not keep the gateway from starting, nor make it silent. */
const known = (level: string | undefined): string =>
  level !== undefined && (level === 'silent' || level in pino.levels.values) ? level : 'info';
