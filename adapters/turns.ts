// Long work in slices, so that nobody waits for it: after each the event loop goes round.

/** Milliseconds after which others get their turn. Of the clock on the wall: then no slice uses more of the processor. */
export const turn = 8;

/** Runs `step` until it answers false. Rejects with what it throws. */
export const inTurns = async (step: () => boolean): Promise<void> => {
  let since = performance.now();
  while (step()) {
    if (performance.now() - since < turn) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
};
