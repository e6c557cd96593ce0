// Whose fault an attempt's end is: the one classification. A reply carries its own verdict, given where its format is known.
import { AdapterError, ClientBodyError, RequestError, SendError } from '../../adapters/errors.ts';
import type { Verdict } from '../../adapters/adapter.ts';

const nobody: Verdict = { blame: 'nobody' };
const client: Verdict = { blame: 'client' };

/**
 * Of an attempt that brought no reply. Null: no error of the door's, a bug of ours.
 * The client's: it left, its message does not fit, or its body broke off. Nobody's: we did not ask (a breaker that is open, a
 * destination that is full), had no memory to read it or no file descriptor to connect with, or the call's total time ran out. The destination's: everything else.
 */
export const blameOf = (error: unknown): Verdict | null => {
  if (!(error instanceof AdapterError)) return null;
  // How long a call may take is its file's and its caller's word: a destination may have had but the rest of it.
  if (error.code === 'ERR_DEADLINE' || error.code === 'ERR_MEMORY' || error.code === 'ERR_FILES') return nobody;
  if (!(error instanceof SendError) || error instanceof RequestError || error.code === 'ERR_ABORTED') return client;
  if (error.reason === 'open' || error.reason === 'full') return nobody;
  return { blame: 'destination', reason: error.reason };
};

/** Of a reply that had been good so far, and whose body broke off. */
export const blameOfBreak = (why: AdapterError): Verdict => {
  if (why.code === 'ERR_DEADLINE') return nobody;
  return why.code === 'ERR_ABORTED' || why instanceof ClientBodyError
    ? client
    : { blame: 'destination', reason: 'truncated' };
};
