// Cores that never sleep: a write to a process of this machine wakes the core it waits on, which in a virtual machine can cost more than the
// write, and which nobody pays for whose client is at the other end of a network. What idles here has the lowest priority there is.
import { availableParallelism } from 'node:os';
import { start } from './process.ts';

/** Keeps every core busy with nothing, until the function that it answers is called. `log`: a file for what it may say. */
export const keepAwake = (log: string): (() => Promise<void>) => {
  const idlers = Array.from({ length: availableParallelism() }, (_, core) =>
    start({
      name: 'idler',
      argv: ['chrt', '--idle', '0', process.execPath, '-e', 'for(;;);'],
      core,
      log,
    }),
  );
  return async () => void (await Promise.all(idlers.map((idler) => idler.stop())));
};
