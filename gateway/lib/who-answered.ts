import type { Attempt } from '../exchange.ts';

export interface AnsweredBy {
  /** As they were made. */
  readonly attempts: readonly Attempt[];
  /** The one that gave the reply; absent: the last. */
  readonly gave?: Attempt;
}

/** Null: nobody was asked. Where there is no reply, the one that failed last. */
export const whoAnswered = ({ attempts, gave }: AnsweredBy): Attempt | null => gave ?? attempts.at(-1) ?? null;
