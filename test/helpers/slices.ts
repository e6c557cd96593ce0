// How long a piece of work keeps everybody else from their turn.

/**
 * Milliseconds of this thread's processor time that pass at most between two rounds of the event loop while `act` runs.
 * Of the clock on the wall it would be the machine's other work too.
 */
export const longestSlice = async (act: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let last = process.threadCpuUsage();
  let isDone = false;
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
    if (!isDone) setImmediate(look);
  };
  await new Promise(setImmediate);
  last = process.threadCpuUsage();
  setImmediate(look);
  try {
    await act();
  } finally {
    isDone = true;
    look();
  }
  return longest;
};
