/** An address in a document: what stands from `from` up to `to`, as written there. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly value: string;
}
