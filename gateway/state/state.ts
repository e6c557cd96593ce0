// What replicas share: a store that may be slow, hung or gone at any moment without a call being worse off than a miss.

export interface Script {
  readonly text: string;
  /** Of the text, in hex. */
  readonly sha1: string;
}

/** What a script answers: whole numbers, bytes, null for nothing. */
export type Answer = Buffer | number | null;

export interface Command {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly (string | number | Buffer)[];
  /** Sent even while others are skipped: for what has to be done some time. */
  readonly insists?: boolean;
}

export interface State {
  /** False while it does not answer, or takes no writes. */
  readonly isUp: boolean;
  /** Another one after a restart or a failover: what is remembered then may be older than what was. Null: not known at present. */
  readonly life: string | null;
  /** Null: no answer in time, an error, or not asked at all, for others had no answer a moment ago. Never rejects. */
  run(command: Command): Promise<readonly Answer[] | null>;
  /** `heard` in the order they were told; `broken`: some may have been missed. Once. */
  listen(
    channels: readonly string[],
    on: { heard: (channel: string, message: string) => void; broken: () => void },
  ): void;
  close(): void;
}
