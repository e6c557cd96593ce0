// WebSockets: judged at the door, then carried by the route's proxy.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Trouble } from '../../adapters/adapter.ts';
import { headCall } from '../../adapters/wire/accept.ts';
import { rawReply } from '../../adapters/wire/raw-reply.ts';
import { headFlaw } from '../../adapters/wire/strict-head.ts';
import type { Refusal } from '../admission/refusal.ts';
import type { TurnedAway } from '../events.ts';
import type { Route } from '../table/table.ts';
import { troubleOf } from '../trouble.ts';
import { headReasons, type Entrance } from './entrance.ts';

const notWithIdentity: Trouble = {
  status: 501,
  code: 'ERR_METHOD',
  message: 'A connection that is authenticated by NTLM or Negotiate cannot be upgraded here.',
  blame: 'client',
};

interface Upgrading {
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export const upgrade = async (front: Entrance, { req, socket, head }: Upgrading): Promise<void> => {
  const turnedAway = (route: string, reason: TurnedAway, trouble: Trouble): void => {
    front.turnedAway.count(route, reason);
    socket.end(rawReply(trouble));
  };
  const flaw = headFlaw(req, front.uri);
  if (flaw !== null) return turnedAway('none', headReasons[flaw.status] ?? 'malformed', flaw);
  const call = headCall(req);
  // Its destination would know the caller by another connection than this one.
  if (call.client.bond?.identified === true) return turnedAway('none', 'upgrade', notWithIdentity);
  const route = front
    .current()
    .match({ method: call.head.method, target: call.head.target, header: (name) => call.header(name) });
  if (route?.upgrades == null)
    return void socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  const refusal = route.admission === null ? null : await refusalOf(route.admission, route, call);
  if (refusal !== null) return turnedAway(route.name, refusal.reason, refusal.trouble);
  route.upgrades.upgrade(req, socket, head, (failed) => rawReply(troubleOf(failed, null)));
};

const refusalOf = async (
  { enter, judge }: NonNullable<Route['admission']>,
  { protocol }: Route,
  call: ReturnType<typeof headCall>,
): Promise<Refusal | null> => {
  const early = enter === null ? null : await enter(call);
  if (early !== null || judge === null) return early;
  return judge(call, await protocol.identify(call, call.deadline));
};
