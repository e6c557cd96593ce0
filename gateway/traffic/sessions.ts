// Where running sessions are. In this process for now: what stands in for it elsewhere answers at once from what it knows, and tells
// others of what is new when it can, for a call cannot wait for it.
import { hash } from 'node:crypto';

/** Remembers one text for each session. Both look-ups keep it for `idle` milliseconds more. */
export interface Sessions {
  /** Null: it is not known, or nobody has asked for too long. */
  recall(session: string, idle: number): string | null;
  hold(session: string, where: string, idle: number): void;
}

/** What is kept at most; the one that nobody has asked for longest goes first. About 200 bytes each. */
const most = 100_000;

interface Held {
  readonly where: string;
  readonly until: number;
}

/** `now`: milliseconds on a clock that only goes forward. */
export const sessionsInMemory = (now: () => number, limit = most): Sessions => {
  // In the order in which they were last asked for.
  const all = new Map<string, Held>();
  const put = (key: string, where: string, idle: number): void => {
    all.delete(key);
    all.set(key, { where, until: now() + idle });
  };
  return {
    recall(session, idle) {
      const key = keyOf(session);
      const held = all.get(key);
      if (held === undefined) return null;
      if (held.until > now()) {
        put(key, held.where, idle);
        return held.where;
      }
      all.delete(key);
      return null;
    },
    hold(session, where, idle) {
      put(keyOf(session), where, idle);
      if (all.size <= limit) return;
      const [oldest] = all.keys();
      all.delete(oldest!);
    },
  };
};

/** A session's name is as good as a password, and as long as its client likes: neither is kept. */
const keyOf = (session: string): string => hash('sha256', session, 'base64url');
