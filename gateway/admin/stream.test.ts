import test from 'ava';
import { adminRig } from '../../test/helpers/admin.ts';
import { fallbackExchange } from '../../test/helpers/exchange.ts';
import type { Rig } from '../../test/helpers/admin.ts';
import type { ExecutionContext } from 'ava';
import type { Snapshot } from './shapes.ts';

interface Told {
  readonly event: string;
  readonly data: unknown;
}

/** Reads server-sent events until `enough` says so. */
async function* told(t: ExecutionContext, rig: Rig): AsyncGenerator<Told> {
  const leaving = new AbortController();
  t.teardown(() => leaving.abort());
  const response = await fetch(`${rig.url}/api/v1/stream`, { signal: leaving.signal });
  t.is(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(message) ?? [];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as unknown };
    }
  }
}

const until = async (stream: AsyncGenerator<Told>, enough: (one: Told) => boolean): Promise<Told> => {
  for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
    if (enough(next.value)) return next.value;
  }
  throw new Error('the stream ended');
};

const weights = (weight: number) => ({ orders: [{ operation: 'GetOrder', weight }] });
const rowOf = (one: Told) => (one.data as Snapshot).operations[0];

test('a watcher gets the past events and a picture at once, then each event, then its effect', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights(0));
  const stream = told(t, rig);
  const past = await until(stream, ({ event }) => event === 'events');
  t.is((past.data as unknown[]).length, 1);
  t.is(rowOf(await until(stream, ({ event }) => event === 'operations'))?.weight, 0);
  rig.swap(weights(25));
  t.is(((await until(stream, ({ event }) => event === 'event')).data as { revision: number }).revision, 2);
  t.is(rowOf(await until(stream, ({ event }) => event === 'operations'))?.weight, 25);
});

test('fallbacks are in a picture within a second of being accounted', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights(100));
  const stream = told(t, rig);
  await until(stream, ({ event }) => event === 'operations');
  const before = performance.now();
  rig.account(fallbackExchange());
  await until(stream, (one) => one.event === 'operations' && rowOf(one)?.last10s.fallbacks['5xx'] === 1);
  t.true(performance.now() - before < 1_000);
});
