// Failures on demand, so that the demo and the tests can see what callers of the gateway notice: nothing.
import type { ServerResponse } from 'node:http';

/**
 * `500`: an error page; `hang`: no answer ever; `garbage`: JSON outside the contract; `reset`: the connection ends
 * before an answer; `refuse`: nobody listens.
 */
export const failures = ['off', '500', 'hang', 'garbage', 'reset', 'refuse'] as const;
export type Failure = (typeof failures)[number];

export interface Failing {
  readonly mode: Failure;
  /** 0 to 1 of the calls; spread evenly, without chance. `refuse` is always all of them. */
  readonly share: number;
}

/** Tells of each call in turn whether it fails: with a share of 0.25 every fourth one does. */
export const evenly = (share: number): (() => boolean) => {
  let owed = 0;
  return () => {
    owed += share;
    if (owed < 1 - 1e-9) return false;
    owed -= 1;
    return true;
  };
};

/** Answers a call the way `mode` says. */
export const fail = (mode: Failure, response: ServerResponse): void => {
  if (mode === 'hang') return;
  if (mode === 'garbage') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"Number":7,"Amount":"1,10","Tags":"none"}');
    return;
  }
  if (mode === '500') {
    response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
    return;
  }
  response.destroy();
};
