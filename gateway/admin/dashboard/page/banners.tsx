// What must not be overlooked, in words, above everything.
import type { ComponentChildren } from 'preact';
import type { Problem, Status } from '../../shapes.ts';
import { isStale, operations, silence, snapshot } from './state.ts';
import { age, time } from './format.ts';

const Banner = ({ tone, title, children }: { tone: 'bad' | 'warn'; title: string; children?: ComponentChildren }) => (
  <section class={`banner ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <strong>{title}</strong>
    {children}
  </section>
);

const Places = ({ problems }: { problems: readonly Problem[] }) => (
  <ul>
    {problems.slice(0, 5).map(({ file, line, column, message }) => (
      <li key={`${file}:${line}:${column}:${message}`}>
        <code>
          {file}:{line}:{column}
        </code>{' '}
        {message}
      </li>
    ))}
    {problems.length > 5 && <li>and {problems.length - 5} more; run strangler check</li>}
  </ul>
);

const Config = ({ config, revision }: Status) => (
  <>
    {config.rejected !== null && (
      <Banner tone="bad" title="File rejected.">
        <span>
          Saved at {time(config.rejected.at)}; revision {revision ?? 'none'} serves on unchanged.
        </span>
        <Places problems={config.rejected.problems} />
      </Banner>
    )}
    {config.warnings.length > 0 && (
      <Banner tone="warn" title="The file has warnings.">
        <Places problems={config.warnings} />
      </Banner>
    )}
    {config.restartNeeded.length > 0 && (
      <Banner tone="warn" title="Restart needed.">
        <span>
          Changed, but in force only after a restart: <code>{config.restartNeeded.join(', ')}</code>
        </span>
      </Banner>
    )}
  </>
);

const Killed = ({ scopes }: { scopes: readonly string[] }) => {
  const affected = operations.value.filter(({ killed }) => killed).length;
  return (
    <Banner tone="bad" title="Killed.">
      <span>
        {scopes.includes('*') ? 'Everything' : scopes.join(', ')} goes to legacy, whatever the weights say
        {affected > 0 && ` (${affected} ${affected === 1 ? 'operation' : 'operations'})`}.
      </span>
    </Banner>
  );
};

export const Banners = () => {
  const status = snapshot.value?.status;
  return (
    <div class="banners">
      {isStale.value && (
        <Banner tone="bad" title="Connection lost.">
          <span>These figures are {age(silence.value)} old. Trying again every second.</span>
        </Banner>
      )}
      {status?.draining === true && (
        <Banner tone="warn" title="Draining.">
          <span>This gateway is stopping: it takes no new connections and finishes its calls.</span>
        </Banner>
      )}
      {status !== undefined && status.killed.length > 0 && <Killed scopes={status.killed} />}
      {status !== undefined && <Config {...status} />}
    </div>
  );
};
