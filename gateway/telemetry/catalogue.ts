// Every metric of the gateway's own, once. `metrics.ts` fills them, docs/reference/metrics.md is written from them.

export interface MetricEntry {
  readonly name: `strangler_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

export const catalogue = [
  {
    name: 'strangler_requests_total',
    type: 'counter',
    labels: ['route', 'operation', 'side', 'outcome'],
    help: 'Calls, by who answered (side: legacy, modern, cache, gateway) and what the client got (outcome: ok, fault, client-error, server-error, refused, unavailable, cut, client-left; the last has status 499 in the log).',
  },
  {
    name: 'strangler_decisions_total',
    type: 'counter',
    labels: ['route', 'operation', 'side'],
    help: 'Calls, by the side they were decided to go to, whoever answered in the end. Against strangler_requests_total: the decided and the answered share.',
  },
  {
    name: 'strangler_request_duration_seconds',
    type: 'histogram',
    labels: ['route', 'operation', 'side'],
    help: 'From the arrival of a call to the last byte of its answer, by who answered; a fallback contains both waits.',
  },
  {
    name: 'strangler_attempt_duration_seconds',
    type: 'histogram',
    labels: ['destination', 'operation'],
    help: 'One asking of one destination, whatever came of it. Attempts that asked nobody (breaker open, destination full, unfit request) are not in it, nor are sends that were given up because another was answered first (hedges).',
  },
  {
    name: 'strangler_fallbacks_total',
    type: 'counter',
    labels: ['route', 'operation', 'reason'],
    help: "Calls that legacy was asked for after modern, by what modern did (connect, timeout, reset, open, full, fault, 5xx, contract, truncated) or 'request': the call did not fit the contract and modern was not asked. With `reverse`, also those that modern was asked for after legacy.",
  },
  {
    name: 'strangler_second_sends_total',
    type: 'counter',
    labels: ['route', 'result'],
    help: 'Calls that failed once and might be sent to the other side, by what the budget of their route said (sent, refused). No series without a budget.',
  },
  {
    name: 'strangler_held_bytes',
    type: 'gauge',
    labels: [],
    help: 'Bytes of calls under way that are kept in memory for a second try.',
  },
  {
    name: 'strangler_reading_bytes',
    type: 'gauge',
    labels: [],
    help: 'Bytes of bodies that are read before they go anywhere, past 64 KiB each (gateway.limits.held).',
  },
  {
    name: 'strangler_unheld_total',
    type: 'counter',
    labels: ['bound'],
    help: 'Calls that streamed on without a second try, by the bound they met: call (1 MiB), total (gateway.limits.held).',
  },
  {
    name: 'strangler_cache_total',
    type: 'counter',
    labels: ['route', 'operation', 'result'],
    help: 'Calls of operations with a cache: given from memory (hit, stale, stale-if-error, shared: waited for the answer to the same question, state: from what replicas share), asked and told that what is kept is still good (revalidated), asked and kept (miss), asked and not kept (unkept), or not to be answered from memory (bypass).',
  },
  {
    name: 'strangler_cache_bytes',
    type: 'gauge',
    labels: [],
    help: 'Bytes that kept answers take in this process, about.',
  },
  {
    name: 'strangler_cache_entries',
    type: 'gauge',
    labels: [],
    help: 'Answers kept in this process.',
  },
  {
    name: 'strangler_state_up',
    type: 'gauge',
    labels: [],
    help: 'Whether the state that replicas share answers and takes writes (1) or not (0); calls are served without it, too. Not there where state is memory.',
  },
  {
    name: 'strangler_weight',
    type: 'gauge',
    labels: ['route', 'operation'],
    help: 'Weight in force: percent of calls that go to modern, 0 to 100. 0 while killed.',
  },
  {
    name: 'strangler_weight_configured',
    type: 'gauge',
    labels: ['route', 'operation'],
    help: 'Weight as the file has it, in percent, 0 to 100.',
  },
  {
    name: 'strangler_stage',
    type: 'gauge',
    labels: ['route', 'operation', 'stage'],
    help: '1 for the stage the operation stands at (legacy, shadow, canary, live, drain, retired), 0 for the others.',
  },
  {
    name: 'strangler_killed',
    type: 'gauge',
    labels: ['route', 'operation'],
    help: '1 while all calls go to legacy because of a kill.',
  },
  {
    name: 'strangler_undecided_total',
    type: 'counter',
    labels: ['route', 'reason'],
    help: 'Calls whose operation could not be decided; they went to legacy.',
  },
  {
    name: 'strangler_cohort_missing_total',
    type: 'counter',
    labels: ['route', 'operation'],
    help: 'Calls without a cohort key: drawn one by one, so their clients do not keep a side.',
  },
  {
    name: 'strangler_in_flight',
    type: 'gauge',
    labels: ['destination'],
    help: 'Calls under way to a destination.',
  },
  {
    name: 'strangler_overdue',
    type: 'gauge',
    labels: ['destination'],
    help: 'Those of them that are over for their callers, and that a handler works on all the same. No series but of handlers.',
  },
  {
    name: 'strangler_max_in_flight',
    type: 'gauge',
    labels: ['destination'],
    help: "A destination's maxInFlight. No series without one.",
  },
  {
    name: 'strangler_bulkhead_in_flight',
    type: 'gauge',
    labels: ['destination'],
    help: 'Calls under way as maxInFlight counts them: over all routes and tables, until the whole reply is here. No series without maxInFlight.',
  },
  {
    name: 'strangler_queue_depth',
    type: 'gauge',
    labels: ['destination'],
    help: 'Calls that wait for a place now.',
  },
  {
    name: 'strangler_queue_waits_total',
    type: 'counter',
    labels: ['destination', 'outcome'],
    help: 'Calls that waited for a place, by what came of it: sent, late (maxWait or their deadline was over), displaced (by a call of higher priority), left (the client did).',
  },
  {
    name: 'strangler_queue_wait_seconds_total',
    type: 'counter',
    labels: ['destination'],
    help: 'Time that calls have waited for a place, all together. By strangler_queue_waits_total: the mean wait.',
  },
  {
    name: 'strangler_shed_total',
    type: 'counter',
    labels: ['destination', 'priority'],
    help: 'Calls that a destination was not asked for because it had its maxInFlight (reason full), by priority (high, normal, low).',
  },
  {
    name: 'strangler_breaker_state',
    type: 'gauge',
    labels: ['destination', 'operation'],
    help: '0: closed, 1: half-open (calls are tried), 2: open. No series before the first failure.',
  },
  {
    name: 'strangler_breaker_changes_total',
    type: 'counter',
    labels: ['destination', 'operation', 'state'],
    help: 'How often a breaker came into a state (closed, half-open, open), by itself or by hand.',
  },
  {
    name: 'strangler_upstream_healthy',
    type: 'gauge',
    labels: ['destination', 'url'],
    help: '1: this url (host and port) is asked, 0: it is left out while there is another. Destinations with several urls or with health only.',
  },
  {
    name: 'strangler_retries_total',
    type: 'counter',
    labels: ['destination'],
    help: 'Sends to a destination that had failed the same call. No series for destinations that nothing asks twice.',
  },
  {
    name: 'strangler_hedges_total',
    type: 'counter',
    labels: ['destination', 'result'],
    help: 'Second sends of calls that had no reply yet: won, where the second brought the answer, and other.',
  },
  {
    name: 'strangler_retry_budget_exhausted_total',
    type: 'counter',
    labels: ['destination'],
    help: 'Retries and hedges that were not made because the destination has had its share of second sends.',
  },
  {
    name: 'strangler_config_revision',
    type: 'gauge',
    labels: [],
    help: 'Revision of the table that serves; 0 before the first.',
  },
  {
    name: 'strangler_config_last_reload_success',
    type: 'gauge',
    labels: [],
    help: '1: the table shows what the file says. 0: the file was rejected and the table before it serves on.',
  },
  {
    name: 'strangler_config_reloads_total',
    type: 'counter',
    labels: ['result'],
    help: 'Times the file was read, by result (accepted, rejected).',
  },
  {
    name: 'strangler_turned_away_total',
    type: 'counter',
    labels: ['route', 'reason'],
    help: 'Clients turned away at the door, by reason (malformed, header, uri, loop, body, http2, upgrade, memory, slow, connections, proxy-header, certificate, api-key, jwt, jwt-keys, rate). Route none: before any route.',
  },
  {
    name: 'strangler_certificate_reloads_total',
    type: 'counter',
    labels: ['result'],
    help: 'Times the files of gateway.tls changed, by result (accepted, rejected). Rejected: those before serve on.',
  },
  {
    name: 'strangler_certificate_not_after_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the certificate that clients are shown ends, in seconds since 1970; 0 without TLS.',
  },
  {
    name: 'strangler_log_up',
    type: 'gauge',
    labels: [],
    help: 'Can log lines be written? 1, or 0, such as on a full disk: lines wait in memory up to 16 MiB, then they are dropped.',
  },
  {
    name: 'strangler_log_lines_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Log lines lost because whoever reads standard output did not keep up, or they could not be written for too long.',
  },
] as const satisfies readonly MetricEntry[];

export type MetricName = (typeof catalogue)[number]['name'];
