// Sockets are files to the system. Where none is left no connection comes about, which says nothing of who was to be reached.

/** Not for this process (EMFILE), or not for any (ENFILE). */
export const isOutOfFiles = (error: unknown): boolean => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'EMFILE' || code === 'ENFILE';
};

/** Milliseconds: a flood of calls must not become one of lines. */
const quiet = 60_000;

/** Tells of it once a minute at most. `now`: milliseconds on a clock that only goes forward. */
export const outOfFiles = (tell: (what: string) => void, now: () => number): (() => void) => {
  let toldAt = -Infinity;
  return () => {
    if (now() - toldAt < quiet) return;
    toldAt = now();
    tell(
      'not reached, for this process has no file descriptor left to connect with; raise its bound (ulimit -n) or lower gateway.limits.connections. No breaker and no url counts such calls',
    );
  };
};
