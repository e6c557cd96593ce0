import { connection, isStale, silence, snapshot, totals } from './state.ts';
import { age, dash, rate } from './format.ts';

const Figure = ({ name, value, tone }: { name: string; value: string; tone?: 'bad' | 'warn' | undefined }) => (
  <div class={`figure ${tone ?? ''}`}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const Pulse = () => {
  const live = connection.value.at === 'live' && !isStale.value;
  const text = live ? 'live' : connection.value.at === 'connecting' ? 'connecting' : 'not live';
  return (
    <span class={`pulse ${live ? 'on' : 'off'}`} title="Time since the last picture from the gateway">
      <i aria-hidden="true" />
      {text}
      {snapshot.value !== null && <small>{(silence.value / 1_000).toFixed(1)} s ago</small>}
    </span>
  );
};

export const Header = () => {
  const status = snapshot.value?.status;
  const { calls, errors, fallbacks, undecided } = totals.value;
  const kept = snapshot.value?.cache;
  return (
    <header>
      <h1>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 15V1M8 12C3 12 3 8 8 8s5-4 0-4" />
        </svg>
        strangler
        {status !== undefined && <small>{status.gateway.version}</small>}
      </h1>
      <dl class="facts">
        <Figure name="Gateway" value={status === undefined ? dash : standing(status)} />
        <Figure name="Revision" value={String(status?.revision ?? dash)} />
        <Figure name="In force for" value={status?.since ? age(status.now - status.since) : dash} />
      </dl>
      <dl class="facts totals">
        <Figure name="Calls/s" value={rate(calls)} />
        <Figure name="Errors/s" value={rate(errors)} tone={errors > 0 ? 'bad' : undefined} />
        <Figure name="Fallbacks/min" value={String(fallbacks)} tone={fallbacks > 0 ? 'warn' : undefined} />
        <Figure name="Undecided/min" value={String(undecided)} tone={undecided > 0 ? 'warn' : undefined} />
        {kept !== undefined && (
          <Figure
            name="Kept MB"
            value={`${(kept.bytes / 1_048_576).toFixed(1)} / ${Math.round(kept.bound / 1_048_576)}`}
          />
        )}
      </dl>
      <Pulse />
    </header>
  );
};

const standing = (status: { ready: boolean; draining: boolean }): string => {
  if (status.draining) return 'draining';
  return status.ready ? 'ready' : 'not ready';
};
