import type { Answer, Asked, Deadline, Destination, DestinationSettings, Invoke } from '../adapter.ts';
import { SendError } from '../errors.ts';
import { loadHandlers, type Handler, type HandlerContext } from './load.ts';

/** Handlers of one module. Rejects when the module cannot be loaded. Not reloaded on a flip (decision 21). */
export const handlerDestination = async (
  name: string,
  settings: DestinationSettings & { adapter: 'handler' },
): Promise<Destination> => {
  const handlers = await loadHandlers(settings.module);
  let inFlight = 0;
  const guarded =
    (handler: Handler, { oneWay, timeout }: { readonly oneWay: boolean; readonly timeout: number }): Invoke =>
    async (ask, deadline) => {
      inFlight++;
      try {
        return await run(handler, { ask, deadline, oneWay, timeout });
      } finally {
        inFlight--;
      }
    };
  return {
    name,
    contract: null,
    files: [],
    get inFlight() {
      return inFlight;
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
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new SendError('ERR_TIMEOUT', 'timeout', 'all', `the handler gave no answer within ${timeout} ms`)),
    timeout,
  );
  const signal = AbortSignal.any([late.signal, deadline.signal()]);
  const over = new Promise<never>((_, reject) => {
    const end = (): void => reject(late.signal.aborted ? (late.signal.reason as Error) : overBy(deadline));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
  over.catch(() => undefined); // a handler that throws at once leaves nobody waiting for this
  try {
    const json = await Promise.race([(async () => handler(ask.input, contextOf(ask, signal)))(), over]);
    return oneWay ? { kind: 'accepted' } : { kind: 'value', json };
  } catch (error) {
    return faultOf(error);
  } finally {
    clearTimeout(timer);
  }
};

const contextOf = (ask: Run['ask'], signal: AbortSignal): HandlerContext => {
  const { operation, headers, caller, soapHeaders } = ask;
  return { operation, headers, caller, soapHeader: (name) => ask.soapHeader(name), soapHeaders, signal };
};

const gone = new SendError('ERR_ABORTED', 'reset', 'all', 'the client left');

const overBy = ({ ended }: Deadline): SendError =>
  ended?.code === 'ERR_DEADLINE' ? new SendError(ended.code, 'timeout', 'all', ended.message) : gone;

/** A thrown fault is an answer; anything else thrown is the handler's failure. */
const faultOf = (error: unknown): Answer => {
  if (error instanceof SendError) throw error;
  if (error instanceof Error && 'fault' in error && typeof error.fault === 'string') {
    const detail = 'detail' in error ? error.detail : {};
    return { kind: 'fault', fault: { name: error.fault, detail: detail as never, message: error.message } };
  }
  throw new SendError('ERR_STATUS', '5xx', 'all', 'the handler failed', { cause: error });
};
