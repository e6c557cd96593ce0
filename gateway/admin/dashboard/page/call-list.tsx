import type { CallRow } from '../../shapes.ts';
import { calls, selected } from './state.ts';
import { latency, time } from './format.ts';

const how = (call: CallRow): string =>
  call.attempts
    .map(({ destination, status, reason, ms, lost }) =>
      `${destination} ${lost ? 'given up' : (reason ?? status ?? '')} ${latency(ms)}`.replace('  ', ' '),
    )
    .join(' → ');

const title = (call: CallRow): string => {
  if (call.fallback !== null) return `fell back: ${call.fallback}`;
  if (call.undecided !== null) return `undecided: ${call.undecided}`;
  return `${call.outcome} ${call.status}`;
};

/** The latest calls of the chosen operation that did not go as they should; their trace is in the tooltip. */
export const CallList = () => {
  const target = selected.value?.target;
  const shown = calls.value
    .filter((call) => call.target === target)
    .slice(-30)
    .toReversed();
  return (
    <section class="panel list" aria-label="Calls worth a look">
      <div class="tools">
        <h2>Calls worth a look</h2>
        <span class="note">{target}</span>
      </div>
      <ol>
        {shown.map((call, index) => (
          <li key={`${call.at}-${shown.length - index}`} title={call.traceparent ?? 'without traceparent'}>
            <time dateTime={new Date(call.at).toISOString()}>{time(call.at)}</time>
            <span>
              <b class={call.outcome === 'ok' || call.outcome === 'fault' ? 'warn' : 'bad'}>{title(call)}</b>{' '}
              {how(call)}
            </span>
          </li>
        ))}
        {shown.length === 0 && <li class="nothing">No fallback, error or undecided call lately.</li>}
      </ol>
    </section>
  );
};
