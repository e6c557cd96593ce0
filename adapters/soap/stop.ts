import type { UndecidedReason } from '../adapter.ts';

/** Reading ends here: why the message tells no operation, or that it carries a DOCTYPE. Never leaves adapters/soap. */
export class Stop extends Error {
  readonly reason: UndecidedReason | 'doctype';
  constructor(reason: UndecidedReason | 'doctype') {
    super(reason);
    this.name = 'Stop';
    this.reason = reason;
  }
}
