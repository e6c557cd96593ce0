/** Milliseconds. */
const quiet = 60_000;

/** `tell` that says the same thing once a minute at most. `now`: milliseconds on the monotonic clock. */
export const quietly = (
  tell: (what: string) => void,
  now: () => number = () => performance.now(),
): ((what: string) => void) => {
  const toldAt = new Map<string, number>();
  return (what) => {
    const at = now();
    for (const [said, when] of toldAt) if (at - when >= quiet) toldAt.delete(said);
    if (toldAt.has(what)) return;
    toldAt.set(what, at);
    tell(what);
  };
};
