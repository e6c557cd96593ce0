// Blocks of lines on their way to a file: one write at a time, in order. A full disk, a slow reader or none is no trouble of the
// gateway's: lines wait up to a bound, then they are dropped and counted.
import { close, openSync, write, writeSync } from 'node:fs';

export interface LineSink {
  /** Whole lines; the block is the sink's to keep. */
  add(block: Buffer): void;
  /** Lines lost: no room left to wait, or nobody who reads. */
  readonly dropped: number;
  /** Writes what waits, now, as far as that goes without trouble. A write that is under way may end after it. */
  flushSync(): void;
  /** Resolves when all is written, or cannot be within `patience` milliseconds. */
  close(patience?: number): Promise<void>;
}

/** Bytes that may wait; beyond them lines are dropped. */
const maxWaiting = 16 * 1024 * 1024;
/** Milliseconds until a write that failed is tried again. */
const again = 100;
/** How often `flushSync` asks a file that takes nothing just now. */
const tries = 50;
const lineFeed = 0x0a;

/**
 * `to`: a path, or a file descriptor. Throws where the path cannot be opened for appending. `changed` is told why lines cannot be
 * written, such as a full disk, and null once they can be again; a reader that is merely slow is no such thing.
 */
export const lineSink = (to: string | number, changed: (why: string | null) => void = () => undefined): LineSink => {
  const fd = typeof to === 'number' ? to : openSync(to, 'a');
  const waiting: Buffer[] = [];
  let bytes = 0;
  let dropped = 0;
  let isPlanned = false;
  let isWriting = false;
  let isOver = false;
  let stuck: string | null = null;
  let emptied = (): void => undefined;

  const drop = (blocks: readonly Buffer[]): void => {
    for (const block of blocks) dropped += linesIn(block);
  };
  /** The first block, or its rest, has got `count` bytes further. */
  const written = (count: number): void => {
    bytes -= count;
    const rest = waiting[0]!.subarray(count);
    if (rest.length > 0) waiting[0] = rest;
    else waiting.shift();
  };
  const giveUp = (): void => {
    isOver = true;
    drop(waiting.splice(0));
    bytes = 0;
  };
  const found = (error: NodeJS.ErrnoException | null): void => {
    const why = error === null || error.code === 'EAGAIN' ? null : error.message;
    if (why === stuck) return;
    stuck = why;
    changed(why);
  };
  const next = (): void => {
    isPlanned = false;
    isWriting = false;
    const [block] = waiting;
    if (block === undefined) return emptied();
    isWriting = true;
    write(fd, block, (error, count) => {
      found(error);
      if (error === null) written(count);
      else if (isFinal(error)) giveUp();
      if (error === null || isFinal(error)) next();
      else setTimeout(next, again);
    });
  };

  return {
    add: (block) => {
      if (isOver || bytes + block.length > maxWaiting) return drop([block]);
      waiting.push(block);
      bytes += block.length;
      if (isWriting || isPlanned) return;
      // Not at once: what `flushSync` follows must not be under way already, for the end of the process waits for no write.
      isPlanned = true;
      queueMicrotask(next);
    },
    get dropped() {
      return dropped;
    },
    flushSync: () => {
      // What is under way is the first block's: it must not be written twice.
      const own = isWriting ? waiting.splice(1) : waiting.splice(0);
      writeAll(fd, Buffer.concat(own));
      for (const { length } of own) bytes -= length;
    },
    close: (patience = 5000) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => emptied(), patience);
        emptied = () => {
          clearTimeout(timer);
          emptied = () => undefined;
          giveUp();
          if (typeof to === 'number') resolve();
          else close(fd, () => resolve());
        };
        if (!isWriting && !isPlanned) emptied();
      }),
  };
};

/** Nobody will ever read what is written there. */
const isFinal = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'EBADF';

const writeAll = (fd: number, block: Buffer): void => {
  let rest = block;
  for (let n = 0; rest.length > 0 && n < tries; n++) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
      n = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return; // the process ends: there is nobody to tell
      Atomics.wait(still, 0, 0, 10);
    }
  }
};

const still = new Int32Array(new SharedArrayBuffer(4));

const linesIn = (block: Buffer): number => {
  let count = 0;
  for (const byte of block) if (byte === lineFeed) count += 1;
  return count;
};
