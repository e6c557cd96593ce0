// How the clients of a plain HTTP route are understood: operations are methods and paths, errors are RFC 9457 problems.
import type { Protocol } from '../adapter.ts';
import { problemReply } from '../wire/accept.ts';

/** `named`: (method, target) → operation as the file writes it (`GET /orders/{id}`), or null. */
export const httpProtocol = (named: (method: string, target: string) => string | null): Protocol => ({
  kind: 'http',
  contract: null,
  named: (head) => named(head.method, head.target),
  identify: (call) => {
    const name = named(call.head.method, call.head.target);
    return Promise.resolve(name === null ? { is: 'other' } : { is: 'operation', name });
  },
  watch: (call, report) => {
    const name = named(call.head.method, call.head.target);
    report(name === null ? { is: 'other' } : { is: 'operation', name });
  },
  fault: (trouble) => problemReply(trouble),
});
