// The only file that imports opossum. It is told how each call ended and says when there were too many failures; calls do not go
// through it, and everything else of it stays unused: why, docs/adr/0006. No timer is ever started.
import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import type { BreakerSettings } from './schema.ts';

/** opossum opens when the rate is above its threshold, we when it is reached. In percent. */
const hair = 1e-9;
/** The window moves on by a tenth of itself. */
const buckets = 10;

export interface FailureWindow {
  /** A call ended well. `now`: milliseconds on the clock that it was made with. */
  good(now: number): void;
  /** A call failed. Answers whether that was one too many. */
  bad(now: number): boolean;
  /** Calls of the window, and those of them that failed. */
  readonly figures: { readonly calls: number; readonly failures: number };
}

/** With nothing but failures from here, after `spare` of them the rate is still below its threshold. */
const spareOf = ({ fires, failures }: { fires: number; failures: number }, rate: number): number =>
  rate === 1
    ? failures < fires
      ? Infinity
      : 0
    : Math.max(0, Math.ceil((rate * fires - failures) / (1 - rate) - hair) - 1);

/** Costs some 7 KiB: made at an operation's first failure, and given up when it has none left. */
export const failureWindow = (settings: BreakerSettings, madeAt: number): FailureWindow => {
  const turn = new EventEmitter();
  const failed = new Error('a call failed');
  const circuit = new CircuitBreaker<[], never>(
    () => {
      throw failed; // at once, so that opossum has judged it when `fire` returns
    },
    {
      name: 'window',
      timeout: false,
      errorThresholdPercentage: settings.failureRate * 100 - hair,
      volumeThreshold: settings.minimumCalls,
      rollingCountTimeout: settings.window,
      rollingCountBuckets: buckets,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: turn,
    },
  );
  circuit.removeAllListeners('open'); // one of them starts a timer
  const width = settings.window / buckets;
  let begun = madeAt;
  /** Failures that may still come before there can be too many of them. */
  let spare = 0;
  const moveOn = (now: number): void => {
    const turns = Math.floor((now - begun) / width);
    if (turns <= 0) return;
    begun += turns * width;
    spare = 0; // good calls may have left the window, and then each failure weighs more
    for (let each = Math.min(turns, buckets); each > 0; each -= 1) turn.emit('rotate');
  };
  return {
    good(now) {
      moveOn(now);
      circuit.emit('fire'); // all that the rate needs of it; `fire()` would also keep a latency of each call
    },
    bad(now) {
      moveOn(now);
      spare -= 1;
      if (spare >= 0) {
        circuit.emit('fire');
        circuit.emit('failure', failed, 0, []);
        return false;
      }
      circuit.fire().catch(() => undefined); // sums up its window, some 7 µs
      spare = spareOf(circuit.stats, settings.failureRate);
      return circuit.opened;
    },
    get figures() {
      const { fires, failures } = circuit.stats;
      return { calls: fires, failures };
    },
  };
};
