import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { adapters } from '../adapters/index.ts';
import { keepers } from './admission/keepers.ts';
import { flips } from './flips.ts';
import { budgets } from './forward/budget.ts';
import { heldBytes } from './forward/held-bytes.ts';
import { repeats } from './guard/again/repeats.ts';
import { breakers } from './guard/breakers.ts';
import { bulkheads } from './guard/bulkheads.ts';
import { events as eventStream } from './lib/events.ts';
import { after } from './lib/timers.ts';
import { tables as makeTables } from './table/swap.ts';
import { slots } from './telemetry/slots.ts';
import { sessionsInMemory } from './traffic/sessions.ts';

const file = (destinations: string): string =>
  `destinations:\n${destinations}\nroutes:\n  all: { match: { path: / }, protocol: http, legacy: old }\n`;
const old = `  old: { adapter: http, url: 'http://127.0.0.1:1/' }\n`;
const moved = `  old: { adapter: http, url: 'http://127.0.0.1:2/' }\n`;
const unreadable = `  other: { adapter: soap, url: 'http://127.0.0.1:3/', wsdl: ./nowhere.wsdl }\n`;

test('what was opened for a file that is not taken is closed, and what serves is not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'flips-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'routes.config.yaml');
  const log: string[] = [];
  const clocks = { wall: () => 0, steady: () => 0 };
  const events = eventStream((error) => t.fail(String(error)));
  events.on(({ type }) => void log.push(type));
  const tables = makeTables();
  const house = flips({
    files: [path],
    env: {},
    killFile: null,
    adapters: {
      ...adapters,
      async open(name, settings, tell) {
        const destination = await adapters.open(name, settings, tell);
        const close = (): void => {
          log.push(`closed ${settings.adapter === 'http' ? settings.url : name}`);
          destination.close();
        };
        return { ...destination, close };
      },
    },
    tables,
    slots: slots(),
    keepers: keepers(),
    breakers: breakers({ ...clocks, chance: () => 0, events }),
    bulkheads: bulkheads({ ...clocks, after, events }),
    budgets: budgets(clocks.steady),
    repeats: repeats({ ...clocks, chance: () => 0, after }),
    sessions: sessionsInMemory(clocks.steady),
    held: heldBytes(() => 0),
    events,
    killed: () => new Set(),
    now: clocks.wall,
  });

  await writeFile(path, file(old));
  t.true(await house.reload('start'));
  await writeFile(path, file(moved + unreadable));
  t.false(await house.reload('file'));
  t.deepEqual(log.splice(0), ['table-swapped', 'closed http://127.0.0.1:2/', 'config-rejected']);
  t.is(tables.current().revision, 1);

  // The file is what it was: nothing was changed, and whoever saved it is told that it is good.
  await writeFile(path, file(old));
  t.true(await house.reload('file'));
  t.true(await house.reload('file'), 'saved once more');
  t.deepEqual(log.splice(0), ['table-swapped']);

  await writeFile(path, file(moved));
  t.true(await house.reload('file'));
  t.deepEqual(log.splice(0), ['closed http://127.0.0.1:1/', 'table-swapped']);
});
