import type { Answer, Asked, Deadline, Destination, DestinationSettings, Invoke, Json } from '../adapter.ts';
import { SendError, type Reached } from '../errors.ts';
import { loadHandlers, type Handler, type HandlerContext } from './load.ts';

/** Handlers of one module. Rejects when the module cannot be loaded. Not reloaded on a flip (decision 21). */
export const handlerDestination = async (
  name: string,
  settings: DestinationSettings & { adapter: 'handler' },
): Promise<Destination> => {
  const handlers = await loadHandlers(settings.module);
  let inFlight = 0;
  let overdue = 0;
  const guarded =
    (handler: Handler, { oneWay, timeout }: { readonly oneWay: boolean; readonly timeout: number }): Invoke =>
    async (ask, deadline) => {
      inFlight += 1;
      let still: Promise<void> | null = null;
      try {
        return await run(handler, { ask, deadline, oneWay, timeout });
      } catch (error) {
        if (error instanceof SendError) ({ still } = error);
        throw error;
      } finally {
        if (still === null) inFlight -= 1;
        else {
          overdue += 1;
          void still.finally(() => {
            overdue -= 1;
            inFlight -= 1;
          });
        }
      }
    };
  return {
    name,
    contract: null,
    files: [],
    get inFlight() {
      return inFlight;
    },
    get overdue() {
      return overdue;
    },
    health: null,
    relay: () => null,
    invoke: ({ operation, timeout }: Asked) => {
      const handler = handlers.get(operation.name);
      if (handler === undefined)
        throw new Error(
          `${settings.module} exports no function ${operation.name}; it has ${[...handlers.keys()].join(', ')}`,
        );
      return guarded(handler, { oneWay: operation.oneWay, timeout: timeout ?? settings.timeout });
    },
    proxy: () => null,
    close() {},
  };
};

interface Run {
  readonly ask: Parameters<Invoke>[0];
  readonly deadline: Deadline;
  readonly oneWay: boolean;
  readonly timeout: number;
}

export const run = async (handler: Handler, { ask, deadline, oneWay, timeout }: Run): Promise<Answer> => {
  if (deadline.ended !== null) throw overBy(deadline, 'nothing');
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLate(timeout)), timeout);
  const signal = AbortSignal.any([late.signal, deadline.signal()]);
  const work = Promise.withResolvers<Json>();
  const over = Promise.withResolvers<never>();
  // Before the handler's own listeners: what it says when its time is over is no answer any more.
  const end = (): void => {
    const still = done(work.promise);
    over.reject(late.signal.aborted ? tooLate(timeout, still) : overBy(deadline, 'all', still));
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    work.resolve((async () => handler(ask.input, contextOf(ask, signal)))());
    const json = await Promise.race([work.promise, over.promise]);
    return oneWay ? { kind: 'accepted' } : { kind: 'value', json };
  } catch (error) {
    return faultOf(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
};

/** A handler may take no notice of its signal, and of what it does then nobody hears. */
const done = (working: Promise<unknown>): Promise<void> =>
  working.then(
    () => undefined,
    () => undefined,
  );

const contextOf = (ask: Run['ask'], signal: AbortSignal): HandlerContext => {
  const { operation, headers, caller, soapHeaders } = ask;
  return { operation, headers, caller, soapHeader: (name) => ask.soapHeader(name), soapHeaders, signal };
};

const tooLate = (timeout: number, still?: Promise<void>): SendError =>
  new SendError('ERR_TIMEOUT', 'timeout', 'all', `the handler gave no answer within ${timeout} ms`, { still });

const overBy = ({ ended }: Deadline, reached: Reached, still?: Promise<void>): SendError =>
  ended?.code === 'ERR_DEADLINE'
    ? new SendError(ended.code, 'timeout', reached, ended.message, { still })
    : new SendError('ERR_ABORTED', 'reset', reached, 'the client left', { still });

/** A thrown fault is an answer; anything else thrown is the handler's failure. */
const faultOf = (error: unknown): Answer => {
  if (error instanceof SendError) throw error;
  if (error instanceof Error && 'fault' in error && typeof error.fault === 'string') {
    const detail = 'detail' in error ? error.detail : {};
    return { kind: 'fault', fault: { name: error.fault, detail: detail as never, message: error.message } };
  }
  throw new SendError('ERR_STATUS', '5xx', 'all', 'the handler failed', { cause: error });
};
