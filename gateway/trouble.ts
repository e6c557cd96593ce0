// Errors become words for the client here, and nowhere else. No internals: no addresses, no stacks, no names of destinations.
import type { Identified, Trouble } from '../adapters/adapter.ts';
import { SendError, type AdapterError } from '../adapters/errors.ts';
import { BudgetSpentError } from './forward/budget.ts';
import { BreakerOpenError } from './guard/open-error.ts';

/** `error` null: the side that the call belongs to is not there. */
export const troubleOf = (error: AdapterError | null, identified: Identified | null): Trouble => {
  if (error === null) return nobodyThere(identified);
  if (error instanceof SendError && error.code !== 'ERR_DEADLINE') {
    if (error instanceof BudgetSpentError) return { ...spent, retryAfter: error.retryAfter };
    const known = { ...bySending[error.reason], code: error.code, blame: 'gateway' } as const;
    return error instanceof BreakerOpenError ? { ...known, retryAfter: error.retryAfter } : known;
  }
  if (error.code === 'ERR_DEADLINE')
    return { status: 504, code: error.code, message: 'The call took longer than it may.', blame: 'gateway' };
  // RFC 9111 §5.2.1.7
  if (error.code === 'ERR_UNSTORED')
    return { status: 504, code: error.code, message: 'Nothing is kept that answers this call.', blame: 'client' };
  if (error.code === 'ERR_TOO_LARGE') {
    return tooLarge(413, error.message);
  }
  if (error.code === 'ERR_MEMORY') return { ...tooMany, code: error.code };
  if (error.code === 'ERR_LENGTH')
    return { status: 411, code: error.code, message: `The message has no length: ${error.message}.`, blame: 'client' };
  if (error.code === 'ERR_TIMEOUT')
    return { status: 408, code: error.code, message: 'The request did not come in time.', blame: 'client' };
  const known = error.code === 'ERR_REFUSED' || error.code === 'ERR_CONTRACT';
  const message = known ? error.message : 'The message could not be read to its end.';
  return { status: 400, code: error.code, message, blame: 'client' };
};

export const tooLarge = (status: 413 | 431, what: string): Trouble => ({
  status,
  code: 'ERR_TOO_LARGE',
  message: `The message is too large: ${what}.`,
  blame: 'client',
});

const nobodyThere = (identified: Identified | null): Trouble => {
  const why =
    identified?.is === 'undecided'
      ? `its operation could not be decided (${identified.reason})`
      : 'it asks for no operation that is known here';
  return { status: 404, code: 'ERR_UNDECIDED', message: `This call is not answered here: ${why}.`, blame: 'client' };
};

export const noRoute: Trouble = {
  status: 404,
  code: 'ERR_NO_ROUTE',
  message: 'Nothing is served under this address.',
  blame: 'client',
};

const spent: Trouble = {
  status: 503,
  code: 'ERR_BUDGET',
  message: 'The service fails too many calls for each to be tried elsewhere.',
  blame: 'gateway',
};

/** The destination has as many calls under way as it may. */
const full: Trouble = {
  status: 503,
  code: 'ERR_FULL',
  message: 'The service has as many calls under way as it takes.',
  blame: 'gateway',
  retryAfter: 1,
};

const tooMany = {
  status: 503,
  message: 'Too many calls are being read at present.',
  blame: 'gateway',
  retryAfter: 1,
} as const;

const bySending = {
  connect: { status: 503, message: 'The service cannot be reached at present.', retryAfter: 5 },
  full,
  open: { status: 503, message: 'The service is failing and is given a rest.', retryAfter: 5 },
  timeout: { status: 504, message: 'The service did not answer in time.' },
  reset: { status: 502, message: 'The service ended the connection before it answered.' },
  truncated: { status: 502, message: 'The service ended the connection inside its answer.' },
  '5xx': { status: 502, message: 'The service failed.' },
  fault: { status: 502, message: 'The service failed.' },
  contract: { status: 502, message: 'The service gave an answer that does not fit its contract.' },
} as const;
