// The bulkhead around whatever asks its destination: a relay, an asking in JSON, or the proxy. A call that finds a place pays for a count.
import type { Deadline, Invoke, Proxy, Reply, Send } from '../../adapters/adapter.ts';
import { SendError } from '../../adapters/errors.ts';
import type { Breaker } from './breaker.ts';
import type { Bulkhead } from './bulkhead.ts';
import type { Passes } from './guarded.ts';
import type { Priority } from './schema.ts';

export interface Bound {
  readonly bulkhead: Bulkhead;
  readonly priority: Priority;
  /** The one outside of it; null: none. It may have changed while a call waited. */
  readonly gate: Gate | null;
}

export interface Gate {
  readonly breaker: Breaker;
  readonly passes: Passes;
}

/** Until the whole reply is here, or never will be. */
export const boundedSend = (bound: Bound, next: Send): Send => {
  const { bulkhead } = bound;
  const replied = (reply: Reply): void => (reply.over === undefined ? bulkhead.free() : reply.over(bulkhead.free));
  const ask: Send = (call, deadline) => {
    try {
      const sent = next(call, deadline);
      void sent.then(replied, bulkhead.free);
      return sent;
    } catch (error) {
      bulkhead.free();
      throw error;
    }
  };
  return (call, deadline) =>
    bulkhead.take() ? ask(call, deadline) : turn(bound, deadline).then(() => ask(call, deadline));
};

/** Until it has answered, or works no more: a handler may go on after its time. */
export const boundedInvoke = (bound: Bound, next: Invoke): Invoke => {
  const { bulkhead } = bound;
  const invoke: Invoke = async (ask, deadline) => {
    try {
      const answer = await next(ask, deadline);
      bulkhead.free();
      return answer;
    } catch (error) {
      const { still = null } = error instanceof SendError ? error : {};
      if (still === null) bulkhead.free();
      else void still.then(bulkhead.free);
      throw error;
    }
  };
  return (ask, deadline) =>
    bulkhead.take() ? invoke(ask, deadline) : turn(bound, deadline).then(() => invoke(ask, deadline));
};

/** Calls; not upgrades, which last for as long as their clients like. */
export const boundedProxy = (bulkhead: Bulkhead, priorityOf: (method: string) => Priority, next: Proxy): Proxy => ({
  destination: next.destination,
  async carry(request, response, deadline) {
    try {
      const { method } = request as { readonly method: string };
      if (!bulkhead.take()) await bulkhead.wait(priorityOf(method), deadline);
    } catch (error) {
      if (error instanceof SendError) return error.code === 'ERR_ABORTED' ? 'client-left' : { failed: error };
      throw error;
    }
    try {
      return await next.carry(request, response, deadline);
    } finally {
      bulkhead.free();
    }
  },
  upgrade: (request, socket, head, instead) => next.upgrade(request, socket, head, instead),
  close: () => next.close(),
});

/** Who has waited comes by the breaker as that is now: turned away, or as one of its probes. */
const turn = async ({ bulkhead, priority, gate }: Bound, deadline: Deadline): Promise<void> => {
  await bulkhead.wait(priority, deadline);
  if (gate === null) return;
  const { breaker, passes } = gate;
  const before = passes.get(deadline);
  if (before === undefined ? breaker.state === 'closed' : breaker.heeds(before)) return;
  const pass = breaker.admit();
  if (pass !== null) return void passes.set(deadline, pass);
  bulkhead.free();
  throw breaker.refusal;
};
