// Resident memory of another process, as Linux tells it.
import { existsSync, readFileSync } from 'node:fs';
import { mebibyte } from './blocks.ts';

export const canMeasure = existsSync('/proc/self/status');

const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;

export interface Growth {
  /** MiB when it began, and the most since. */
  readonly from: number;
  readonly most: number;
  readonly grown: number;
}

/** Looks every 50 ms while `work` runs. */
export const growthDuring = async (pid: number, work: () => Promise<unknown>): Promise<Growth> => {
  const from = residentOf(pid);
  let most = from;
  const timer = setInterval(() => (most = Math.max(most, residentOf(pid))), 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  most = Math.max(most, residentOf(pid));
  return { from: Math.round(from), most: Math.round(most), grown: Math.round(most - from) };
};

/** Waits until `bytes` has stood still for a second; answers it in MiB. */
export const standsStillAt = async (bytes: () => number): Promise<number> => {
  for (let [last, since] = [bytes(), performance.now()]; performance.now() - since < 1000;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = bytes();
    if (now !== last) [last, since] = [now, performance.now()];
  }
  return bytes() / mebibyte;
};
