// What a reply says besides what was answered: lines of the file's, and, on request, who answered and why.
import type { Reply } from '../adapters/adapter.ts';
import { cacheStatus } from './cache/cache-status.ts';
import type { Decision } from './exchange.ts';
import type { Answered } from './forward/answer.ts';
import { edited } from './headers/edited.ts';
import { whoAnswered } from './lib/who-answered.ts';
import type { Plan, Route } from './table/table.ts';

interface Telling {
  readonly route: Route;
  readonly plan: Plan;
  readonly decision: Decision;
  readonly revision: number;
  readonly forwarded: Answered;
}

/** The same reply where nothing is to be told: nothing is made for it then. */
export const told = (reply: Reply, { route, plan, decision, revision, forwarded }: Telling): Reply => {
  const given = edited(reply, route.response);
  const marked = plan.cacheStatus ? withCacheStatus(given, forwarded) : given;
  return route.decisionHeader ? withDecision(marked, `${route.name}/${plan.operation}`, decision, revision) : marked;
};

/** For whoever tests a flip: which side, and why. */
const withDecision = (reply: Reply, of: string, { side, reason }: Decision, revision: number): Reply => {
  const line = `${of}; side=${side}; reason=${reason}; revision=${revision}`;
  return withLine(reply, 'X-Strangler-Decision', line);
};

const withCacheStatus = (reply: Reply, { cache, cacheTold = {}, ...answered }: Answered): Reply =>
  cache === undefined || cache === null
    ? reply
    : withLine(reply, 'Cache-Status', cacheStatus(cache, cacheTold, whoAnswered(answered)?.status ?? null));

const withLine = (reply: Reply, name: string, value: string): Reply => ({
  head: { ...reply.head, raw: [...reply.head.raw, name, value] },
  body: reply.body,
  verdict: reply.verdict,
  discard: () => reply.discard?.(),
});
