import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { bytesBody } from './bytes.ts';
import { AdapterError, SendError } from '../errors.ts';
import { CallDeadline } from './deadline.ts';
import { measured, Room } from './measured.ts';
import { StreamBody } from './stream-body.ts';
import type { Body, Call, Reply } from '../adapter.ts';

const reply: Reply = {
  head: { status: 200, reason: 'OK', raw: [] },
  body: bytesBody(Buffer.alloc(0)),
  verdict: { blame: 'nobody' },
};
const most = 16 * 1024 * 1024;

const rig = (body: Body, raw: readonly string[], room = new Room(2 * most)) => {
  const sent: Call[] = [];
  let proceeded = 0;
  const send = measured((call) => {
    sent.push(call);
    return Promise.resolve(reply);
  }, room);
  const call = { ...plainCall({ raw }), body, expects: { proceed: () => void proceeded++ } };
  return { sent, call, told: () => proceeded, answer: send(call, new CallDeadline()) };
};

const chunked = () => new StreamBody('chunked', { pause() {}, resume() {} });

test('a chunked body goes on with its length, which stands where the coding stood; the client was told to go on', async (t) => {
  const body = chunked();
  const { sent, told, answer } = rig(body, ['A', '1', 'Transfer-Encoding', 'chunked', 'B', '2']);
  body.push(Buffer.from('hello '));
  t.is(sent.length, 0);
  body.push(Buffer.from('world'));
  body.finish(['X-Sum', '1']);
  await answer;
  t.is(told(), 1);
  t.is(sent[0]?.expects, null);
  t.deepEqual(sent[0]?.head.raw, ['A', '1', 'Content-Length', '11', 'B', '2']);
  t.deepEqual(sent[0]?.body.framing, { bytes: 11 });
  t.is(sent[0]?.header('content-length'), '11');
  t.is(sent[0]?.header('transfer-encoding'), null);
  let text = '';
  sent[0]?.body.pour({ chunk: (bytes) => (text += bytes.toString()) !== '', end() {}, cut() {} });
  t.is(text, 'hello world');
});

test('a call that has its length, or no body, is not touched', async (t) => {
  for (const body of [bytesBody(Buffer.from('abc')), new StreamBody('none', { pause() {}, resume() {} })]) {
    const { sent, call, told, answer } = rig(body, ['Content-Length', '3']);
    await answer;
    t.is(sent[0], call);
    t.is(told(), 0);
  }
});

test('an empty chunked body has length 0', async (t) => {
  const body = chunked();
  const { sent, answer } = rig(body, ['Transfer-Encoding', 'chunked']);
  body.finish([]);
  await answer;
  t.deepEqual(sent[0]?.head.raw, ['Content-Length', '0']);
});

test('a body over the bound is refused with what would go through, and one at the bound is taken', async (t) => {
  const fits = chunked();
  const { sent, answer } = rig(fits, []);
  fits.push(Buffer.alloc(most));
  fits.finish([]);
  await answer;
  t.deepEqual(sent[0]?.head.raw, ['Content-Length', String(most)]);
  const over = chunked();
  const refused = rig(over, []);
  over.push(Buffer.alloc(most + 1));
  const error = await t.throwsAsync(refused.answer, { code: 'ERR_LENGTH' });
  t.regex(error?.message ?? '', /more than 16777216 bytes is not taken here; send it with Content-Length/);
  t.deepEqual(refused.sent, []);
});

test('what is held for all calls together is bounded; who finds no room is told so, and others find what has become free', async (t) => {
  const room = new Room(1_000_000);
  const large = chunked();
  const first = rig(large, [], room);
  large.push(Buffer.alloc(500_000));
  await new Promise(setImmediate); // what is waited for grows with what has come
  const other = chunked();
  const second = rig(other, [], room);
  other.push(Buffer.alloc(500_000));
  const error = await t.throwsAsync(second.answer, { code: 'ERR_FULL', instanceOf: SendError });
  t.like(error, { reason: 'full', reached: 'nothing' });
  large.finish([]);
  await first.answer;
  const last = chunked();
  const third = rig(last, [], room);
  last.push(Buffer.alloc(500_000));
  last.finish([]);
  await third.answer;
  t.is(third.sent.length, 1);
});

test('a client that leaves takes nothing of the room with it', async (t) => {
  const room = new Room(1_000_000);
  for (let n = 0; n < 20; n++) {
    const body = chunked();
    const { answer } = rig(body, [], room);
    body.push(Buffer.alloc(500_000));
    body.fail(new AdapterError('ERR_ABORTED', 'the client left'));
    await t.throwsAsync(answer, { code: 'ERR_ABORTED' });
  }
});
