import test from 'ava';
import * as fc from 'fast-check';
import { plainCall } from '../../test/helpers/plain-call.ts';
import type { Call } from '../../adapters/adapter.ts';
import { bucket } from './bucket.ts';
import { decide } from './decide.ts';
import { signPin } from './pin.ts';
import { began, enter, sessionOf } from './session.ts';
import { sessionsInMemory } from './sessions.ts';
import type { SessionSource } from './schema.ts';
import type { Traffic } from './traffic.ts';

const never = (): number => {
  throw new Error('nobody should have asked');
};
const minute = 60_000;

const rig = (points = 10_000, source: SessionSource = { from: 'cookie', name: 'ASP.NET_SessionId' }, limit = 1000) => {
  const clock = { now: 0 };
  const sessions = sessionsInMemory(() => clock.now, limit);
  const session = sessionOf({ source, idle: 20 * minute }, { salt: 'orders', sessions });
  session.settle(points);
  const traffic = (more: Partial<Traffic> = {}): Traffic => ({
    route: 'orders',
    id: 'orders.GetOrder',
    salt: 'orders/GetOrder',
    points: 10_000,
    cohort: [{ from: 'header', name: 'x-client-id' }],
    include: new Set(),
    exclude: new Set(),
    connections: 'held',
    sides: 'both',
    killed: false,
    session,
    pinSecret: null,
    trusts: () => false,
    ...more,
  });
  /** As a call goes: decided, remembered, answered by the side it was decided for. */
  const serve = (call: Call, more: Partial<Traffic> = {}, raw: readonly string[] = [], by?: 'legacy' | 'modern') => {
    const decision = decide(call, traffic(more), never, () => 0);
    const entered = enter(session, call, decision);
    began(session, entered, { side: by ?? decision.side, raw });
    return decision;
  };
  return { clock, session, serve };
};
const of = (id: string, ...raw: string[]): Call =>
  plainCall({ raw: ['Cookie', `a=1; ASP.NET_SessionId=${id}`, ...raw] });
const told = ({ side, reason }: { side: string; reason: string }) => `${side} ${reason}`;
const sets = (id: string) => ['Set-Cookie', `ASP.NET_SessionId=${id}; path=/; HttpOnly`];

test('a session’s place is told by the route’s salt, against the least weight, whatever the operation’s own', (t) => {
  for (const id of ['one', 'two', 'three', 'four', 'five', 'six', 'seven']) {
    const { serve } = rig(5000);
    const place = bucket('orders', id);
    const expected = { side: place < 5000 ? 'modern' : 'legacy', reason: 'session', bucket: place } as const;
    t.like(serve(of(id), { points: 10_000 }), { ...expected, cohort: 'cookie:ASP.NET_SessionId' });
    t.is(serve(of(id), { points: 1, salt: 'orders/Other' }).side, expected.side);
  }
});

test('calls without a session go by the weight of their operation', (t) => {
  const { serve } = rig();
  t.is(told(serve(plainCall({}))), 'modern weight');
  t.is(told(serve(plainCall({ raw: ['Cookie', 'ASP.NET_SessionId='] }))), 'modern weight');
});

test('what may begin a session goes to modern only as far as every operation does', (t) => {
  t.is(told(rig(0).serve(plainCall({}))), 'legacy weight');
  t.is(told(rig(0, { from: 'soapHeader', name: 'SessionId' }).serve(plainCall({}))), 'modern weight');
  // Under its own salt `acme` stands at 8,010.
  const acme = plainCall({ raw: ['X-Client-Id', 'acme'] });
  t.is(told(rig(8010).serve(acme)), 'legacy weight');
  t.is(told(rig(8011).serve(acme)), 'modern weight');
});

test('a session that began on legacy stays there when the weight grows', (t) => {
  const { serve, session } = rig(1);
  t.is(told(serve(of('late'))), 'legacy session');
  session.settle(10_000);
  t.is(told(serve(of('late'))), 'legacy session');
  t.is(told(serve(of('new'))), 'modern session');
});

test('a session that began on modern stays there when the weight shrinks, but not when it is 0', (t) => {
  const { serve, session } = rig();
  t.is(told(serve(of('early'))), 'modern session');
  session.settle(1);
  t.is(told(serve(of('early'))), 'modern session');
  session.settle(0);
  t.is(told(serve(of('early'))), 'legacy session');
  // What legacy has begun to keep of it would be lost.
  session.settle(10_000);
  t.is(told(serve(of('early'))), 'legacy session');
});

test('what sets a session’s cookie is the side where it is', (t) => {
  const { serve } = rig();
  serve(plainCall({}), { points: 0 }, sets('born'));
  t.is(told(serve(of('born'))), 'legacy session');
});

test('a cookie of another name, or one that is taken away, begins nothing', (t) => {
  const { session } = rig();
  t.is(session.begunBy(['Set-Cookie', 'Other=x', 'set-cookie', 'ASP.NET_SessionId=; expires=Thu, 01 Jan 1970']), null);
  t.is(session.begunBy(['Set-Cookie', 'Other=x', 'SET-COOKIE', 'ASP.NET_SessionId="q"; path=/']), 'q');
});

test('a session whose first call modern failed is where it was answered; a later fallback moves nobody', (t) => {
  const { serve } = rig();
  serve(of('unlucky'), {}, [], 'legacy');
  t.is(told(serve(of('unlucky'))), 'legacy session');
  serve(of('lucky'));
  serve(of('lucky'), {}, [], 'legacy');
  t.is(told(serve(of('lucky'))), 'modern session');
});

test('it is over once nobody has called for long enough', (t) => {
  const { clock, serve, session } = rig(1);
  serve(of('idle'));
  session.settle(10_000);
  clock.now = 19 * minute;
  t.is(serve(of('idle')).side, 'legacy');
  clock.now = 38 * minute;
  t.is(serve(of('idle')).side, 'legacy');
  clock.now = 58 * minute;
  t.is(serve(of('idle')).side, 'modern');
});

test('of more sessions than are kept the one goes that nobody has asked for longest', (t) => {
  const { serve, session } = rig(1, undefined, 3);
  for (const id of ['a', 'b', 'c', 'a', 'd']) serve(of(id));
  session.settle(10_000);
  t.is(session.recall('b'), null);
  for (const id of ['a', 'c', 'd']) t.is(session.recall(id), 'legacy');
});

test('a session’s header is that of the call and of the reply', (t) => {
  const { serve, session } = rig(10_000, { from: 'header', name: 'x-session' });
  t.is(told(serve(plainCall({ raw: ['X-Session', 's'] }))), 'modern session');
  t.is(session.begunBy(['Other', 'y', 'X-SESSION', ' z ']), 'z');
});

const listed = (...keys: string[]): ReadonlySet<string> => new Set(keys);
const precedence: readonly [string, Partial<Traffic>, string][] = [
  ['a kill', { killed: true }, 'legacy kill'],
  ['one side', { sides: 'legacy' }, 'legacy only'],
  ['a pin', { pinSecret: 's' }, 'legacy pin'],
  ['an exclude', { exclude: listed('acme') }, 'legacy exclude'],
];
for (const [what, more, expected] of precedence)
  test(`${what} beats a session on modern`, (t) => {
    const { serve } = rig();
    const raw = ['X-Client-Id', 'acme', 'X-Strangler-Pin', signPin('s', 'legacy', 1_800_000_000)];
    serve(of('s'));
    t.is(told(serve(of('s', ...raw), more)), expected);
  });

test('an include beats a session on legacy', (t) => {
  const { serve } = rig(1);
  serve(of('s'));
  t.is(told(serve(of('s', 'X-Client-Id', 'acme'), { include: listed('acme') })), 'modern include');
});

test('after a kill a session stays with legacy, which has answered it meanwhile', (t) => {
  const { serve } = rig();
  serve(of('s'));
  serve(of('s'), { killed: true });
  t.is(told(serve(of('s'))), 'legacy session');
});

const step = fc.oneof(
  fc.record({ do: fc.constant('weigh'), points: fc.integer({ min: 1, max: 10_000 }) }),
  fc.record({ do: fc.constant('call'), id: fc.nat({ max: 8 }), points: fc.integer({ min: 0, max: 10_000 }) }),
);

test('law: whatever the weights do above 0, a running session never changes its side', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { session, serve } = rig(5000);
      const sides = new Map<number, string>();
      for (const one of steps) {
        if (!('id' in one)) session.settle(one.points);
        else {
          const { side } = serve(of(`s${one.id}`), { points: one.points });
          t.is(sides.get(one.id) ?? side, side);
          sides.set(one.id, side);
        }
      }
    }),
  );
});
