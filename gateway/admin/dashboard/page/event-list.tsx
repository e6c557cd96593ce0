import type { GatewayEvent } from '../../shapes.ts';
import { events } from './state.ts';
import { points, time } from './format.ts';

type Tone = 'good' | 'warn' | 'bad' | '';
interface Told {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

const swapped = (event: Extract<GatewayEvent, { type: 'table-swapped' }>): Told => ({
  tone: 'good',
  title: `Revision ${event.revision}`,
  detail:
    event.changes
      .slice(0, 6)
      .map(({ route, operation, before, after }) => `${route}.${operation} ${points(before)} → ${points(after)}`)
      .join(', ') || `by ${event.source}, no weight changed`,
});

const told = (event: GatewayEvent): Told => {
  switch (event.type) {
    case 'table-swapped':
      return swapped(event);
    case 'config-rejected':
      return { tone: 'bad', title: 'File rejected', detail: places(event.problems) };
    case 'config-warned':
      return { tone: 'warn', title: 'File has warnings', detail: places(event.problems) };
    case 'reread':
      return { tone: '', title: 'File read again', detail: 'by SIGHUP' };
    case 'restart-needed':
      return event.keys.length === 0
        ? { tone: 'good', title: 'No restart needed', detail: 'what waited for one was put back' }
        : { tone: 'warn', title: 'Restart needed', detail: event.keys.join(', ') };
    case 'killed':
      return { tone: 'bad', title: 'Killed', detail: `${event.scope} by ${event.by}` };
    case 'kill-unclear':
      return { tone: 'bad', title: 'Everything killed', detail: `no route has ${event.names.join(', ')}` };
    case 'unkilled':
      return { tone: 'good', title: 'Kill lifted', detail: `${event.scope} by ${event.by}` };
    case 'certificate-taken':
      return { tone: 'good', title: 'Certificate', detail: `ends ${new Date(event.until).toISOString()}` };
    case 'certificate-rejected':
      return { tone: 'bad', title: 'Certificate rejected', detail: event.why };
    case 'destination-warned':
      return { tone: 'warn', title: `Destination ${event.destination}`, detail: event.message };
    case 'destination-full':
      return {
        tone: 'bad',
        title: `Destination ${event.destination} is full`,
        detail: `calls are turned down: ${event.inFlight} under way, ${event.waiting} waiting`,
      };
    case 'breaker-changed':
      return {
        tone: event.state === 'open' ? 'bad' : event.state === 'closed' ? 'good' : 'warn',
        title: `Breaker ${event.state}`,
        detail: `${event.destination}/${event.operation}: ${event.why}`,
      };
    case 'url-changed':
      return {
        tone: event.state === 'healthy' ? 'good' : event.left > 0 ? 'warn' : 'bad',
        title: `Url ${event.state}`,
        detail: `${event.url} of ${event.destination}: ${event.why}`,
      };
    case 'cache-purged':
      return { tone: '', title: 'Cache purged', detail: `${event.what}: ${event.entries} answers, ${event.why}` };
    case 'state-changed':
      return event.isUp
        ? { tone: 'good', title: 'State answers', detail: '' }
        : { tone: 'warn', title: 'State does not answer', detail: `${event.why}; calls are served without it` };
    case 'log-changed':
      return event.isUp
        ? { tone: 'good', title: 'Log is written', detail: '' }
        : { tone: 'bad', title: 'Log cannot be written', detail: event.why };
    case 'draining':
      return { tone: 'warn', title: 'Draining', detail: 'finishing calls before it stops' };
    case 'stopped':
      return { tone: 'warn', title: 'Stopped', detail: '' };
    default:
      return { tone: '', title: (event as { type: string }).type, detail: '' };
  }
};

const places = (problems: Extract<GatewayEvent, { type: 'config-rejected' }>['problems']): string => {
  const [first] = problems;
  if (first === undefined) return '';
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
  return `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
};

export const EventList = () => (
  <section class="panel list" aria-label="Events">
    <div class="tools">
      <h2>Events</h2>
    </div>
    <ol>
      {events.value
        .slice(-50)
        .toReversed()
        .map((event, index) => {
          const { tone, title, detail } = told(event);
          return (
            <li key={`${event.at}-${event.type}-${events.value.length - index}`}>
              <time dateTime={new Date(event.at).toISOString()}>{time(event.at)}</time>
              <span>
                <b class={tone}>{title}</b> {detail}
              </span>
            </li>
          );
        })}
      {events.value.length === 0 && <li class="nothing">Nothing happened yet.</li>}
    </ol>
  </section>
);
