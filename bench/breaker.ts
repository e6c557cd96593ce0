// What does a breaker cost a call, and what do many of them cost the process? The promise: under 1 µs on a healthy call, under 2 µs where
// an operation has seen failures; 10,000 operations of which 500 fail in under 20 MB, without a timer each.
import { AdapterError, SendError } from '../adapters/errors.ts';
import { noBody } from '../adapters/wire/bytes.ts';
import { CallDeadline } from '../adapters/wire/deadline.ts';
import type { Call, Reply, Send } from '../adapters/adapter.ts';
import { breakers } from '../gateway/guard/breakers.ts';
import { guarded } from '../gateway/guard/guarded.ts';
import { usualBreaker } from '../gateway/guard/schema.ts';
import type { Breaker } from '../gateway/guard/breaker.ts';
import { median } from './parts/figures.ts';

const calls = 200_000;
const rounds = 9;

const call: Call = {
  head: { method: 'POST', target: '/', http: '1.1', raw: [] },
  body: noBody(),
  client: { address: '', secure: false, certificate: () => null },
  expects: null,
  message: null,
  header: () => null,
};
const deadline = new CallDeadline();
const good: Reply = {
  head: { status: 200, reason: 'OK', raw: [] },
  body: noBody(),
  verdict: { blame: 'nobody' },
  over: (told) => told(null), // as a relayed reply that is all here
};
const failure = new SendError('ERR_TIMEOUT', 'timeout', 'all', 'no byte'); // made once: its stack is not the breaker's cost

const well: Send = () => Promise.resolve(good);
/** Every `nth` call fails. */
const failing = (nth: number): Send => {
  let count = 0;
  return () => (++count % nth === 0 ? Promise.reject(failure) : Promise.resolve(good));
};

const house = () => {
  const events = { emit: () => undefined, on: () => () => undefined };
  return breakers({ steady: () => performance.now(), wall: () => Date.now(), chance: Math.random, events });
};

const one = (all = house(), operation = 'GetOrder'): Breaker => {
  const draft = all.draft();
  const settings = { ...usualBreaker(), failureRate: 0.9, window: 60_000 };
  const made = draft.of({ destination: 'new', operation, address: '', patience: 1000, settings });
  draft.keep();
  return made;
};

const fail = (breaker: Breaker, times: number): Breaker => {
  for (let each = 0; each < times; each += 1) {
    const pass = breaker.admit();
    if (pass !== null) breaker.bad(pass, 'timeout');
  }
  return breaker;
};

/** Microseconds of this thread's CPU for one call. */
const cost = async (send: Send): Promise<number> => {
  const before = process.threadCpuUsage();
  for (let each = 0; each < calls; each += 1) {
    try {
      await send(call, deadline);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
    }
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / calls;
};

interface Compared {
  readonly name: string;
  readonly bare: Send;
  readonly with: Send;
}

const compared: readonly Compared[] = [
  { name: 'healthy, no failure ever', bare: well, with: guarded(one(), well) },
  { name: 'healthy, with failures in its window', bare: well, with: guarded(fail(one(), 1), well) },
  { name: 'every 100th call fails', bare: failing(100), with: guarded(one(), failing(100)) },
  { name: 'every 10th call fails', bare: failing(10), with: guarded(one(), failing(10)) },
  { name: 'every 2nd call fails', bare: failing(2), with: guarded(one(), failing(2)) },
  { name: 'open, against a failure that costs nothing', bare: failing(1), with: guarded(fail(one(), 20), failing(1)) },
];

for (const { name, bare, with: behind } of compared) {
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) took.push(-(await cost(bare)) + (await cost(behind)));
  process.stdout.write(`${name}: ${median(took).toFixed(2)} µs a call\n`);
}

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
if (globalThis.gc === undefined) process.stdout.write('memory: not measured, run with --expose-gc\n');
else {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const [before, had] = [heap(), timers()];
  const all = house();
  const draft = all.draft();
  for (let each = 0; each < 10_000; each += 1)
    draft.of({
      destination: 'new',
      operation: `Operation${each}`,
      address: 'http://a',
      patience: 1000,
      settings: usualBreaker(),
    });
  draft.keep();
  const made = heap();
  let failed = 0;
  for (const breaker of all.all) if (failed++ < 500) fail(breaker, 19);
  const after = heap();
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  process.stdout.write(
    `10,000 operations: ${mb(made - before)} MB; 500 of them failing: ${mb(after - made)} MB more, ${timers() - had} timers\n`,
  );
}
