// What ops see of a gateway: its page, the API behind it, metrics and health.
import { createServer } from 'node:http';
import { admin, healthApp } from './admin/api.ts';
import { servePage } from './admin/dashboard/serve-page.ts';
import { source } from './admin/source.ts';
import type { Cache } from './cache/cache.ts';
import { flipFile } from './flip-file.ts';
import { closing } from './lib/closing.ts';
import type { Made } from './made.ts';
import { metrics } from './telemetry/metrics.ts';
import { inFlight, urls } from './telemetry/of-destinations.ts';
import { version } from './version.ts';

interface OpsParts {
  readonly made: Made;
  readonly kept: Cache;
  /** What changing takes. */
  readonly token: string;
  /** Health and metrics have a listener of their own, too. */
  readonly hasHealth: boolean;
}

/** Nothing listens yet. */
export const ops = ({ made, kept, token, hasHealth }: OpsParts) => {
  const { options, clocks, log, broken, events, slots, tables, guards, told, flipping, turnedAway } = made;
  const { breakers, repeats, bulkheads, budgets, held } = guards;
  const table = () => (tables.first ? null : tables.current());
  const from = source({
    telemetry: told,
    table,
    metrics: metrics({
      counters: told.counters,
      slots,
      health: told.health,
      table,
      turnedAway,
      cache: kept.memory,
      breakers: () => breakers.all,
      again: () => repeats.budgets,
      bulkheads: () => bulkheads.all,
      budgets: () => budgets.all,
      held,
      inFlight: () => inFlight(flipping.opened),
      urls: () => urls(flipping.opened),
      dropped: () => log.dropped,
    }),
    events,
    flip: flipFile({ ...options, flips: flipping, tables }),
    breakers,
    memory: kept.memory,
    takeBackElsewhere: (tags) => kept.takeBackElsewhere(tags),
    clocks,
    urls: () => Array.from(urls(flipping.opened), ([destination, one]) => ({ destination, ...one })),
    gateway: { version, node: process.version, pid: process.pid, startedAt: clocks.wall() },
  });
  const side = admin({ source: from, token, page: servePage(), unforeseen: broken });
  const adminServer = createServer(side.app.callback());
  const healthServer = hasHealth ? createServer(healthApp(from, broken).callback()) : null;
  const closeAdmin = closing(adminServer);
  const closeHealth = healthServer === null ? null : closing(healthServer);
  return {
    admin: adminServer,
    health: healthServer,
    async close(): Promise<void> {
      side.close();
      await Promise.all([closeAdmin(), closeHealth?.()]);
    },
  };
};
