// What the stream of events says about the gateway itself: the file, kills, draining. Metrics, /readyz and status read it.
import type { Events, GatewayEvent, Problem } from '../events.ts';

export interface Health {
  /** Revision of the table that serves; null before the first. */
  readonly revision: number | null;
  /** Milliseconds since 1970 of the last table; null before the first. */
  readonly swappedAt: number | null;
  /** Why the file as it is now was not taken; null while the table shows what the file says. */
  readonly rejected: { readonly at: number; readonly problems: readonly Problem[] } | null;
  readonly warnings: readonly Problem[];
  /** Keys whose change waits for a restart (decision 21). */
  readonly restartNeeded: readonly string[];
  readonly draining: boolean;
  readonly reloads: { readonly accepted: number; readonly rejected: number };
  /** What became of changes of the TLS files, and when the certificate ends: milliseconds since 1970, 0 without TLS. */
  readonly certificates: { readonly accepted: number; readonly rejected: number; readonly until: number };
  /** Does what replicas share answer? Null: there is none. */
  readonly stateUp: boolean | null;
  /** Can log lines be written? */
  readonly logUp: boolean;
  /** The latest events, oldest first. */
  readonly events: readonly GatewayEvent[];
}

type Mutable = { -readonly [Key in keyof Health]: Health[Key] };

const kept = 200;

/** Follows `events`; what it answers is live. */
export const health = (events: Events): Health => {
  const state: Mutable = {
    revision: null,
    swappedAt: null,
    rejected: null,
    warnings: [],
    restartNeeded: [],
    draining: false,
    reloads: { accepted: 0, rejected: 0 },
    certificates: { accepted: 0, rejected: 0, until: 0 },
    stateUp: null,
    logUp: true,
    events: [],
  };
  events.on((event) => {
    state.events = [...state.events.slice(1 - kept), event];
    fold(state, event);
  });
  return state;
};

const fold = (state: Mutable, event: GatewayEvent): void => {
  switch (event.type) {
    case 'table-swapped':
      return swapped(state, event);
    case 'config-rejected':
      state.rejected = { at: event.at, problems: event.problems };
      state.reloads = { ...state.reloads, rejected: state.reloads.rejected + 1 };
      return;
    case 'config-warned':
      state.warnings = event.problems;
      return;
    case 'restart-needed':
      state.restartNeeded = event.keys;
      return;
    case 'certificate-taken':
      state.certificates = {
        ...state.certificates,
        accepted: state.certificates.accepted + (event.source === 'file' ? 1 : 0),
        until: event.until,
      };
      return;
    case 'certificate-rejected':
      state.certificates = { ...state.certificates, rejected: state.certificates.rejected + 1 };
      return;
    case 'state-changed':
      state.stateUp = event.isUp;
      return;
    case 'log-changed':
      state.logUp = event.isUp;
      return;
    case 'draining':
      state.draining = true;
      return;
    case 'destination-warned':
    case 'breaker-changed':
    case 'url-changed':
    case 'destination-full':
    case 'cache-purged':
    case 'killed':
    case 'kill-unclear':
    case 'unkilled':
    case 'reread':
    case 'stopped':
  }
};

const swapped = (state: Mutable, event: Extract<GatewayEvent, { type: 'table-swapped' }>): void => {
  state.revision = event.revision;
  state.swappedAt = event.at;
  // A kill compiles the last good file again: it says nothing about a file that was rejected meanwhile.
  if (event.source === 'kill' || event.source === 'unkill') return;
  state.rejected = null;
  state.warnings = [];
  state.reloads = { ...state.reloads, accepted: state.reloads.accepted + 1 };
};
