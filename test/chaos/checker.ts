// Steady load that numbers every call and knows of each which answer would be right.
import { readFileSync } from 'node:fs';
import { leanClient, type LeanClient } from './lean-client.ts';
import { judge, requestOf, type Judged, type Numbered, type Operation } from './ledger.ts';

export interface Checked extends Numbered {
  /** On the monotonic clock, milliseconds. */
  readonly began: number;
  readonly ended: number;
  readonly judged: Judged;
}

/** A client's patience, in milliseconds: an answer that is later than this is lost. */
const patience = 10_000;

export interface Asked extends Numbered {
  /** Milliseconds after which its client waits no more; null: it has patience. */
  readonly leaves?: number | null;
}

export const ask = async (client: LeanClient, path: string, asked: Asked): Promise<Checked> => {
  const { leaves = null, ...call } = asked;
  const began = performance.now();
  const received = await client.call(requestOf(path, call), leaves ?? patience);
  const found: Judged = leaves !== null && received.is === 'late' ? { is: 'left' } : judged(call, received);
  return { ...call, began, ended: performance.now(), judged: found };
};

const judged = (call: Numbered, received: Awaited<ReturnType<LeanClient['call']>>): Judged => {
  if (received.is === 'answer') return judge(call, received.status, received.body);
  if (received.is === 'cut') return { is: 'error', what: received.what };
  if (received.is === 'late') return { is: 'wrong', what: `lost: no answer within ${patience} ms` };
  return { is: 'wrong', what: `duplicated: ${received.what.slice(0, 300)}` };
};

let last = 10_000_000;
/** No two calls of a process have the same; always eight digits. */
export const nextNumber = (): number => ++last;

export interface Load {
  /** Calls so far that have ended, in the order of their ends. */
  readonly checked: readonly Checked[];
  /** Lets the calls under way end; answers all. */
  stop(): Promise<readonly Checked[]>;
}

export interface LoadSettings {
  readonly port: number;
  readonly path: string;
  /** Clients, each with a connection and one call at a time. */
  readonly clients: number;
  /** Every so manieth call is a write; 1: all. */
  readonly writes: number;
  /** Every so manieth call is left by its client before it may have its answer; none where nothing is said. */
  readonly leaving?: number;
  /** Every so manieth call has a request of more than 100 kB; none where nothing is said. */
  readonly padded?: number;
}

/** A pause of some milliseconds between two calls of a client: as long as the load is steady, nobody needs it to be heavy. */
export const steadyLoad = ({ port, path, clients, writes, leaving, padded }: LoadSettings): Load => {
  const checked: Checked[] = [];
  const state = { isOver: false };
  const client = async (first: number): Promise<void> => {
    const own = leanClient(port);
    for (let count = first; !state.isOver; count++) {
      const operation: Operation = count % writes === 0 ? 'Write' : 'Read';
      const leaves = leaving !== undefined && count % leaving === 1 ? (count * 7) % 300 : null;
      const size = sizes[count % sizes.length]!;
      const pad = padded !== undefined && count % padded === 2 ? 100_000 : 0;
      checked.push(await ask(own, path, { operation, number: nextNumber(), size, pad, leaves }));
      await new Promise((resolve) => setTimeout(resolve, 1 + (count % 7)));
    }
    own.close();
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return {
    checked,
    async stop() {
      state.isOver = true;
      await all;
      return checked;
    },
  };
};

/** Of answers, in characters: one packet, several, more than a socket takes at once; whole and in chunks. */
const sizes = [40, 300, 42, 1000, 3000, 70_000, 500, 200_001];

/** How often each write was carried out, over all files. */
export const executions = (files: readonly string[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const file of files) {
    for (const line of readFileSync(file, 'latin1').split('\n')) {
      if (line !== '') counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1);
    }
  }
  return counts;
};

export interface Verdict {
  /** Wrong, mixed, duplicated, lost: sentences, none allowed ever. */
  readonly wrong: readonly string[];
  /** Numbers of writes that were carried out more than once. */
  readonly twice: readonly number[];
  /** Numbers of writes that their client was told of as done, and that nobody carried out. */
  readonly never: readonly number[];
  readonly errors: readonly Checked[];
  /** Client-visible errors by class. */
  readonly classes: Readonly<Record<string, number>>;
}

export const verdictOn = (checked: readonly Checked[], counts: ReadonlyMap<number, number>): Verdict => {
  const told = ({ operation, number, judged: found }: Checked): string =>
    `${operation} ${number} is ${found.is}: ${found.is === 'wrong' ? found.what : ''}`;
  const classes: Record<string, number> = {};
  const errors = checked.filter((one) => one.judged.is === 'error');
  for (const { operation, judged: found } of errors) {
    const name = `${operation}: ${found.is === 'error' ? found.what : ''}`;
    classes[name] = (classes[name] ?? 0) + 1;
  }
  return {
    wrong: checked.filter((one) => one.judged.is === 'wrong').map(told),
    twice: [...counts].filter(([, count]) => count > 1).map(([number]) => number),
    never: checked
      .filter(({ operation, number, judged: { is } }) => operation === 'Write' && is === 'right' && !counts.has(number))
      .map(({ number }) => number),
    errors,
    classes,
  };
};
