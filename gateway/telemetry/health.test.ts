import test from 'ava';
import { plainEvents } from '../../test/helpers/events.ts';
import { health } from './health.ts';
import type { GatewayEvent, Problem } from '../events.ts';

const problem: Problem = {
  file: 'routes.config.yaml',
  line: 3,
  column: 5,
  path: 'routes.orders',
  message: 'found "wieght", expected one of …; did you mean weight?',
  severity: 'error',
};
const swap = (revision: number, source: 'start' | 'file' | 'kill' | 'unkill'): GatewayEvent => ({
  type: 'table-swapped',
  at: revision,
  revision,
  source,
  changes: [],
  tookMs: 1,
});

test('a rejected file stays reported until a file is taken', (t) => {
  const events = plainEvents();
  const state = health(events);
  events.emit(swap(1, 'start'));
  events.emit({ type: 'config-rejected', at: 2, problems: [problem] });
  t.deepEqual(state.rejected, { at: 2, problems: [problem] });
  t.is(state.revision, 1);
  events.emit(swap(2, 'file'));
  t.is(state.rejected, null);
  t.deepEqual(state.reloads, { accepted: 2, rejected: 1 });
});

test('a kill does not hide that the file was rejected', (t) => {
  const events = plainEvents();
  const state = health(events);
  events.emit({ type: 'config-rejected', at: 2, problems: [problem] });
  events.emit(swap(2, 'kill'));
  t.not(state.rejected, null);
  t.is(state.revision, 2);
});

test('the latest 200 events are kept', (t) => {
  const events = plainEvents();
  const state = health(events);
  for (let revision = 1; revision <= 250; revision += 1) events.emit(swap(revision, 'file'));
  t.is(state.events.length, 200);
  t.is(state.events.at(-1)?.at, 250);
});
