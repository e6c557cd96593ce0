import { SendError } from '../../adapters/errors.ts';

/** The breaker is open: not a byte was sent. */
export class BreakerOpenError extends SendError {
  /** Seconds until it may be worth asking again, at least 1. */
  readonly retryAfter: number;
  constructor(of: string, retryAfter: number) {
    super('ERR_BREAKER_OPEN', 'open', 'nothing', `the breaker of ${of} is open`);
    this.name = 'BreakerOpenError';
    this.retryAfter = retryAfter;
  }
}
