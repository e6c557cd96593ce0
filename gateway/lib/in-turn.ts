/** Work that waits for what was asked before it, however that ended. Each caller is told how its own did. */
export const inTurn = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined); // its own caller is told
    return done;
  };
};
