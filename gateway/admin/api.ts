// The admin side as Koa applications: the whole of it, and the part that balancers and Prometheus may reach.
import { Readable } from 'node:stream';
import Koa from 'koa';
import { Router } from '@koa/router';
import { auth, refuseStrangers } from './auth.ts';
import { breakerHandler, breakerRow } from './breakers.ts';
import { inspectHandler, purgeHandler } from './cache.ts';
import { flipHandler } from './flip.ts';
import { AdminError, problems } from './problem.ts';
import { stream } from './stream.ts';
import type { Middleware } from 'koa';
import type { HealthSource, Source } from './source.ts';

export interface Admin {
  readonly app: Koa;
  /** Ends the streams, so that the server can close. */
  close(): void;
}

/** Liveness has no dependencies; readiness fails while draining and before the first table. */
const healthRoutes = (from: HealthSource): Router => {
  const router = new Router();
  router.get('/healthz', (ctx) => {
    ctx.body = { alive: true };
  });
  router.get('/readyz', (ctx) => {
    const readiness = from.ready();
    ctx.status = readiness.ready ? 200 : 503;
    ctx.body = readiness;
  });
  router.get('/metrics', (ctx) => {
    ctx.set('Content-Type', from.metrics.type);
    ctx.body = Readable.from(from.metrics.slices());
  });
  return router;
};

const plainHeaders: Middleware = async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  ctx.set('X-Content-Type-Options', 'nosniff');
  await next();
};

const application = (unforeseen: (error: unknown) => void): Koa => {
  const app = new Koa();
  // Everything thrown is told by `problems`; what is left are sockets that ended early.
  app.silent = true;
  app.use(plainHeaders);
  app.use(problems(unforeseen));
  return app;
};

/** `/healthz`, `/readyz`, `/metrics` and nothing else, for `gateway.health` (decision 22). */
export const healthApp = (from: HealthSource, unforeseen: (error: unknown) => void): Koa => {
  const app = application(unforeseen);
  app.use(healthRoutes(from).routes());
  return app;
};

const reads = (from: Source, mayRead: Middleware, watch: Middleware): Router => {
  const router = new Router({ prefix: '/api/v1' });
  router.use(mayRead);
  router.get('/status', (ctx) => {
    ctx.body = from.status();
  });
  router.get('/operations', (ctx) => {
    ctx.body = { operations: from.operations() };
  });
  router.get('/routes', (ctx) => {
    ctx.body = { routes: from.routes() };
  });
  router.get('/events', (ctx) => {
    ctx.body = { events: from.events.latest() };
  });
  router.get('/breakers', (ctx) => {
    ctx.body = { breakers: [...from.breakers.all].filter(({ isOfNote }) => isOfNote).map(breakerRow) };
  });
  router.get('/cache', (ctx) => {
    ctx.body = from.cache.view();
  });
  router.get('/cache/:key', inspectHandler(from.cache));
  router.get('/calls', (ctx) => {
    ctx.body = { calls: from.calls() };
  });
  router.get('/series', (ctx) => {
    const target = String(ctx.query['target'] ?? '');
    const found = from.series(target);
    if (found === null) throw new AdminError(404, 'Not found', `there is no operation '${target}'`);
    ctx.body = found;
  });
  router.get('/stream', watch);
  return router;
};

/**
 * `token`: what changing takes. `page`: middleware that serves the ops page, which carries no data of its own.
 * `unforeseen`: gets errors that are bugs, for the log.
 */
export const admin = (options: {
  readonly source: Source;
  readonly token: string;
  readonly page: Middleware;
  readonly unforeseen: (error: unknown) => void;
}): Admin => {
  const { source: from, unforeseen } = options;
  const { mayRead, mayChange } = auth(options.token);
  const watched = stream(from);
  const watch: Middleware = (ctx) => {
    if (!watched.watch(ctx.res)) throw new AdminError(503, 'Too many watchers', 'close a page that is open elsewhere');
    ctx.respond = false;
  };
  const changes = new Router({ prefix: '/api/v1' });
  changes.post('/flip', mayChange, flipHandler(from.flip));
  changes.post('/breakers/:how', mayChange, breakerHandler(from.breakers));
  changes.post('/cache/purge', mayChange, purgeHandler(from.cache));
  const app = application(unforeseen);
  app.use(refuseStrangers);
  for (const router of [healthRoutes(from), changes, reads(from, mayRead, watch)]) app.use(router.routes());
  app.use(options.page);
  return { app, close: () => watched.close() };
};
