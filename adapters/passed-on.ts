// What of a call's head a service may be told that speaks another protocol. No credentials: see caller.ts.
import type { Ask, Call } from './adapter.ts';

const names = ['traceparent', 'tracestate', 'accept-language'] as const;

export const passedOn = (call: Call): Ask['headers'] => {
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = call.header(name);
    if (value !== null) headers[name] = value;
  }
  return headers;
};
