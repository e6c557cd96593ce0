// Every metric that dashboard and alerts may use, with its labels.

export const known: readonly { readonly name: string; readonly labels: readonly string[] }[] = [
  { name: 'strangler_requests_total', labels: ['route', 'operation', 'side', 'outcome'] },
  { name: 'strangler_decisions_total', labels: ['route', 'operation', 'side'] },
  { name: 'strangler_request_duration_seconds', labels: ['route', 'operation', 'side'] },
  { name: 'strangler_attempt_duration_seconds', labels: ['destination', 'operation'] },
  { name: 'strangler_fallbacks_total', labels: ['route', 'operation', 'reason'] },
  { name: 'strangler_weight', labels: ['route', 'operation'] },
  { name: 'strangler_weight_configured', labels: ['route', 'operation'] },
  { name: 'strangler_stage', labels: ['route', 'operation', 'stage'] },
  { name: 'strangler_killed', labels: ['route', 'operation'] },
  { name: 'strangler_undecided_total', labels: ['route', 'reason'] },
  { name: 'strangler_cohort_missing_total', labels: ['route', 'operation'] },
  { name: 'strangler_in_flight', labels: ['destination'] },
  { name: 'strangler_config_revision', labels: [] },
  { name: 'strangler_config_last_reload_success', labels: [] },
  { name: 'strangler_config_reloads_total', labels: ['result'] },
  { name: 'strangler_log_lines_dropped_total', labels: [] },
];
