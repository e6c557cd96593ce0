import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Ask, Invoke } from '../adapter.ts';
import { AdapterError, SendError } from '../errors.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { handlerDestination } from './destination.ts';

const module = `
export const Answer = (input) => ({ got: input });
export const ThrowsAtOnce = () => { throw new Error('a bug'); };
export const Declared = async () => { throw Object.assign(new Error('no such order'), { fault: 'NotFound', detail: { id: '1' } }); };
export const Never = () => new Promise(() => {});
`;

const invoke = async (t: ExecutionContext, name: string, timeout = 1000): Promise<Invoke> => {
  const folder = await mkdtemp(join(tmpdir(), 'handlers-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'handlers.mjs');
  await writeFile(file, module);
  const destination = await handlerDestination('own', { adapter: 'handler', module: file, timeout });
  const operation = { name, oneWay: false, passThroughOnly: null, inputs: [], faults: ['NotFound'] };
  return destination.invoke({ operation, call: null, write: false, face: 'soap' })!;
};

const caller = { address: '192.0.2.1', certificate: null, credentials: null };
const ask: Ask = { operation: 'x', input: { a: '1' }, headers: {}, caller, soapHeader: () => null };

test('a handler answers with its value', async (t) => {
  t.deepEqual(await (await invoke(t, 'Answer'))(ask, new CallDeadline()), { kind: 'value', json: { got: { a: '1' } } });
});

test('a thrown fault is an answer', async (t) => {
  const answer = await (await invoke(t, 'Declared'))(ask, new CallDeadline());
  t.deepEqual(answer, { kind: 'fault', fault: { name: 'NotFound', detail: { id: '1' }, message: 'no such order' } });
});

test('a handler that throws at once has failed, and a client that leaves afterwards harms nobody', async (t) => {
  const deadline = new CallDeadline();
  const error = await t.throwsAsync((await invoke(t, 'ThrowsAtOnce'))(ask, deadline), { instanceOf: SendError });
  t.like(error, { reason: '5xx', reached: 'all' });
  deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail the run here
});

test('a handler that never answers is late', async (t) => {
  const error = await t.throwsAsync((await invoke(t, 'Never', 20))(ask, new CallDeadline()), { instanceOf: SendError });
  t.like(error, { reason: 'timeout', reached: 'all' });
});

test('a handler that is not there is named, with those that are', async (t) => {
  await t.throwsAsync(invoke(t, 'Missing'), {
    message: /exports no function Missing; it has Answer, Declared, Never, ThrowsAtOnce/,
  });
});
