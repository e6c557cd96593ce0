// What was taken back here and may not yet be known elsewhere: told until it is.

export interface Takings {
  /** Is this not yet known elsewhere? */
  has(tag: string): boolean;
  /** Resolves when all are told, or once it has been tried. */
  take(tags: readonly string[]): Promise<void>;
  stop(): void;
}

/** Milliseconds between two tries. */
const every = 250;
/** More than these are taken back by operation. */
const most = 10_000;

/** `tell` answers whether it is known everywhere now; `insists`: however bad things look. */
export const takings = (tell: (tag: string, insists: boolean) => Promise<boolean>): Takings => {
  /** Tag → how often it was taken: what is told may have been overtaken. */
  const pending = new Map<string, number>();
  let repeating: NodeJS.Timeout | null = null;
  let isStopped = false;
  let count = 0;
  const attempt = async (tag: string, insists: boolean): Promise<boolean> => {
    const taking = pending.get(tag);
    const isTold = await tell(tag, insists);
    if (isTold && pending.get(tag) === taking) pending.delete(tag);
    return isTold;
  };
  const repeat = async (): Promise<void> => {
    // One after the other: what is hung gets one of them a time, not all.
    for (const tag of pending.keys()) if (!(await attempt(tag, true))) break;
    repeating = pending.size === 0 || isStopped ? null : setTimeout(() => void repeat(), every);
  };
  const fold = (): void => {
    const wholes = new Set([...pending.keys()].map(wholeOf));
    pending.clear();
    for (const tag of wholes) pending.set(tag, (count += 1));
  };
  return {
    has: (tag) => pending.size > 0 && (pending.has(tag) || pending.has(wholeOf(tag))),
    async take(tags) {
      for (const tag of tags) pending.set(tag, (count += 1));
      await Promise.all(tags.map((tag) => attempt(tag, false)));
      if (pending.size > most) fold();
      if (pending.size > 0 && !isStopped) repeating ??= setTimeout(() => void repeat(), every);
    },
    stop() {
      isStopped = true;
      if (repeating !== null) clearTimeout(repeating);
    },
  };
};

/** The tag of its operation as a whole: what stands before the second colon. */
export const wholeOf = (tag: string): string => tag.split(':', 2).join(':');
