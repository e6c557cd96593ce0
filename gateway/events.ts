// Everything that happens besides calls, as one closed union. Log, metrics, status and the ops page read it; nobody polls.

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the file, as YAML path: `routes.orders.operations.GetOrder.weight`. */
  readonly path: string;
  /** What was found, what was expected, and the nearest valid name where there is one. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface WeightChange {
  readonly route: string;
  readonly operation: string;
  /** Points, 0–10 000; null: was or is not there. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Why a client was turned away at the door, before anything was asked. A closed list: a label of metrics. */
export const turnedAwayReasons = [
  'malformed', // a head that is not HTTP, or may be read in two ways
  'header', // more bytes of headers than allowed
  'uri', // a longer target than allowed
  'loop', // it has come by here too often
  'body', // more bytes of a body than allowed
  'http2', // NTLM or Negotiate over HTTP/2
  'upgrade', // NTLM or Negotiate with an upgrade
  'memory', // no memory was left to read it into
  'slow', // head or body did not come in time
  'connections', // one connection too many
  'proxy-header', // no proper PROXY header where one is due
  'certificate', // no client certificate that is let in
  'api-key', // no valid API key
  'jwt', // no valid bearer token
  'jwt-keys', // tokens cannot be checked: no keys
  'rate', // too many calls
] as const;
export type TurnedAway = (typeof turnedAwayReasons)[number];

/** In the order of the figures of `strangler_breaker_state`. */
export const breakerStates = ['closed', 'half-open', 'open'] as const;
export type BreakerState = (typeof breakerStates)[number];
/** How a breaker may be held by hand. */
export type Forced = 'open' | 'closed';

export type GatewayEvent =
  | {
      readonly type: 'table-swapped';
      readonly at: number;
      readonly revision: number;
      readonly source: 'start' | 'file' | 'kill' | 'unkill';
      readonly changes: readonly WeightChange[];
      readonly tookMs: number;
    }
  | { readonly type: 'config-rejected'; readonly at: number; readonly problems: readonly Problem[] }
  | { readonly type: 'config-warned'; readonly at: number; readonly problems: readonly Problem[] }
  /** Somebody asked for the file to be read again; what came of it is an event of its own, if anything had changed. */
  | { readonly type: 'reread'; readonly at: number }
  /** Keys of the file that say otherwise than what the process was started with; none: they have been put back. */
  | { readonly type: 'restart-needed'; readonly at: number; readonly keys: readonly string[] }
  | { readonly type: 'killed'; readonly at: number; readonly by: 'file' | 'signal'; readonly scope: string }
  | { readonly type: 'unkilled'; readonly at: number; readonly by: 'file' | 'signal'; readonly scope: string }
  /** A kill names what no route has, so everything goes to legacy. */
  | { readonly type: 'kill-unclear'; readonly at: number; readonly names: readonly string[] }
  /** New files serve from now on; connections stay as they are. */
  | {
      readonly type: 'certificate-taken';
      readonly at: number;
      readonly source: 'start' | 'file';
      /** When it ends; milliseconds since 1970. */
      readonly until: number;
    }
  /** The files do not fit; those before serve on. */
  | { readonly type: 'certificate-rejected'; readonly at: number; readonly why: string }
  /** Something about a destination that whoever runs the gateway should see to, such as a certificate that does not fit. */
  | { readonly type: 'destination-warned'; readonly at: number; readonly destination: string; readonly message: string }
  /** One of the urls of a destination is left out, or asked again. */
  | {
      readonly type: 'url-changed';
      readonly at: number;
      readonly destination: string;
      /** Host and port. */
      readonly url: string;
      readonly state: 'healthy' | 'ejected' | 'unhealthy';
      readonly why: string;
      /** Urls that are still asked; 0: all are, healthy or not. */
      readonly left: number;
    }
  | {
      readonly type: 'breaker-changed';
      readonly at: number;
      readonly destination: string;
      readonly operation: string;
      readonly state: BreakerState;
      readonly by: 'calls' | 'hand';
      readonly why: string;
      /** Milliseconds before calls are tried again; null where it is not open, or held open by hand. */
      readonly openFor: number | null;
    }
  /** It has its `maxInFlight`, and calls are turned down. Told once a minute at most. */
  | {
      readonly type: 'destination-full';
      readonly at: number;
      readonly destination: string;
      readonly inFlight: number;
      readonly waiting: number;
    }
  /** Kept answers were taken back by hand. */
  | {
      readonly type: 'cache-purged';
      readonly at: number;
      /** `all`, `route orders`, `tag GetOrder:7`, … */
      readonly what: string;
      readonly entries: number;
      readonly why: string;
    }
  /** What replicas share answers again, or not any more; calls are served all the same. */
  | { readonly type: 'state-changed'; readonly at: number; readonly isUp: boolean; readonly why: string }
  /** Log lines can be written again, or not any more, such as on a full disk; they wait meanwhile, as far as there is room. */
  | { readonly type: 'log-changed'; readonly at: number; readonly isUp: boolean; readonly why: string }
  | { readonly type: 'draining'; readonly at: number }
  | { readonly type: 'stopped'; readonly at: number };

export type Listener = (event: GatewayEvent) => void;

/** The one stream of events. `emit` never throws: a listener's error must not become a caller's. */
export interface Events {
  emit(event: GatewayEvent): void;
  /** Answers the function that detaches. */
  on(listener: Listener): () => void;
}
