// New handlers that run in this process: a module whose named exports are operations.
import { pathToFileURL } from 'node:url';
import type { Caller, Json } from '../adapter.ts';

/** What a handler is told besides its input. */
export interface HandlerContext {
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Caller;
  /** Text of the first SOAP header block, or member of one, with this local name; null where the call has none. */
  readonly soapHeader: (localName: string) => string | null;
  /** SOAP header blocks that the contract declares and that the call has, by local name; values as in the input. */
  readonly soapHeaders: Readonly<Record<string, Json>>;
  /** Ends when the client leaves or the time is over. */
  readonly signal: AbortSignal;
}
export type Handler = (input: Json, context: HandlerContext) => Promise<Json> | Json;

/** Handlers by operation. Rejects when the module cannot be imported or exports no function. */
export const loadHandlers = async (module: string): Promise<ReadonlyMap<string, Handler>> => {
  const exports = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
  const handlers = new Map<string, Handler>();
  for (const [name, value] of Object.entries(exports))
    if (typeof value === 'function') handlers.set(name, value as Handler);
  if (handlers.size === 0) throw new Error(`${module} exports no function; expected one named after each operation`);
  return handlers;
};

/** Thrown by a handler to answer with a fault that the contract declares. */
export class HandlerFault extends Error {
  readonly fault: string;
  readonly detail: Json;
  constructor(fault: string, detail: Json, message: string) {
    super(message);
    this.fault = fault;
    this.detail = detail;
  }
}
