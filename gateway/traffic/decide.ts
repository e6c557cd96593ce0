// THE PERCENTAGE DECISION. Read top to bottom, it is the precedence: kill, handshake under way, pin, exclude, include, connection, session,
// weight (decision 14).
// Connections that say who calls (NTLM, Negotiate) are legacy's unless the file says otherwise, whatever else speaks for modern.
import type { Call } from '../../adapters/adapter.ts';
import type { Decision } from '../exchange.ts';
import { bucket } from './bucket.ts';
import { cohort, type Cohort } from './cohort.ts';
import { pinHeader, pinned } from './pin.ts';
import type { Traffic } from './traffic.ts';

/**
 * The side a call goes to, and why. `chance` gives a number in [0, 1) for calls without a cohort key; `now` is Unix time in
 * milliseconds, for a pin's end. Pure otherwise, but for what is remembered of sessions: the same call and traffic give the same
 * decision on every replica.
 */
export const decide = (call: Call, traffic: Traffic, chance: () => number, now: () => number): Decision => {
  if (traffic.killed && traffic.sides !== 'modern') return keyless('legacy', 'kill');
  if (traffic.sides !== 'both') return keyless(traffic.sides, 'only');

  const bond = call.client.bond?.identified === true && traffic.connections !== 'ignored' ? call.client.bond : null;
  if (bond !== null && traffic.connections === 'legacy') return keyless('legacy', 'connection');

  // Half a handshake is nothing to anybody but who has the other half, whatever the file says by now.
  const place = bond?.of(traffic.route) ?? null;
  const asker = place?.asker ?? null;
  if (asker !== null) return keyless(asker, 'connection');

  const pin = pinnedSide(call, traffic, now);
  if (pin !== null) return keyless(pin, 'pin');
  // No weight at all, and modern keeps nobody: who takes it back wants everybody back.
  const points = shareOf(traffic);
  const held = points === 0 ? null : (place?.side ?? null);
  const key = traffic.session?.keyOf(call) ?? null;
  if (traffic.session !== null && key !== null) return inSession(call, traffic, held) ?? traffic.session.decide(key);
  if (held !== null && needsNoKey(traffic, points)) return keyless(held, 'connection');
  if (needsNoKey(traffic, points)) return keyless(points === 0 ? 'legacy' : 'modern', 'weight');

  const who = cohort(call, traffic.cohort, traffic.trusts);
  if (who === null && held !== null) return keyless(held, 'connection');
  if (who === null) return keyless(chance() * 10_000 < points ? 'modern' : 'legacy', 'draw');
  const listed = inLists(who, traffic);
  if (listed !== null) return listed;

  if (held !== null) return { side: held, reason: 'connection', bucket: null, cohort: who.from };

  const at = bucket(traffic.salt, who.key);
  return { side: at < points ? 'modern' : 'legacy', reason: 'weight', bucket: at, cohort: who.from };
};

/** What comes before a session. */
const inSession = (call: Call, traffic: Traffic, held: Decision['side'] | null): Decision | null => {
  const hasLists = traffic.include.size > 0 || traffic.exclude.size > 0;
  const who = hasLists ? cohort(call, traffic.cohort, traffic.trusts) : null;
  const listed = who === null ? null : inLists(who, traffic);
  return listed ?? (held === null ? null : keyless(held, 'connection'));
};

const inLists = ({ key, from }: Cohort, { include, exclude }: Traffic): Decision | null => {
  if (exclude.has(key)) return { side: 'legacy', reason: 'exclude', bucket: null, cohort: from };
  return include.has(key) ? { side: 'modern', reason: 'include', bucket: null, cohort: from } : null;
};

const keyless = (side: Decision['side'], reason: Decision['reason']): Decision => ({
  side,
  reason,
  bucket: null,
  cohort: null,
});

const pinnedSide = (call: Call, traffic: Traffic, now: () => number): Decision['side'] | null => {
  if (traffic.pinSecret === null) return null;
  const header = call.header(pinHeader);
  return header === null ? null : pinned(header, traffic.id, traffic.pinSecret, now());
};

/** Of calls that carry no session: the reply to one may begin one, and that must be where the session may be. */
const shareOf = ({ points, session }: Traffic): number =>
  session?.isBegunByReplies === true ? Math.min(points, session.points) : points;

/** Nobody's key can change the answer, so nobody's key is looked for. */
const needsNoKey = (traffic: Traffic, points: number): boolean =>
  (points === 0 || points === 10_000) && traffic.include.size === 0 && traffic.exclude.size === 0;
