import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Ask, Destination, Invoke } from '../adapter.ts';
import { AdapterError, SendError } from '../errors.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { handlerDestination } from './destination.ts';

const module = `
export const Answer = (input) => ({ got: input });
export const ThrowsAtOnce = () => { throw new Error('a bug'); };
export const Declared = async () => { throw Object.assign(new Error('no such order'), { fault: 'NotFound', detail: { id: '1' } }); };
export const Context = (input, { signal, ...context }) => ({ ...context, soapHeader: context.soapHeader('ClientId'), ended: signal.aborted });
export const Waits = (input, { signal }) => new Promise((resolve, reject) => {
  signal.addEventListener('abort', () => { globalThis[input.key] = signal.reason.message; reject(signal.reason); });
});
export const Deaf = (input) => new Promise((resolve) => { globalThis[input.key] = resolve; });
export const Never = () => new Promise(() => {});
`;

const opened = async (
  t: ExecutionContext,
  name: string,
  { timeout = 1000, own = null as number | null } = {},
): Promise<{ readonly destination: Destination; readonly invoke: Invoke }> => {
  const folder = await mkdtemp(join(tmpdir(), 'handlers-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'handlers.mjs');
  await writeFile(file, module);
  const destination = await handlerDestination('own', { adapter: 'handler', module: file, timeout });
  const operation = { name, oneWay: false, passThroughOnly: null, inputs: [], faults: ['NotFound'], isVoid: false };
  const asked = { operation, call: null, treat: {}, write: false, timeout: own, face: 'soap' } as const;
  return { destination, invoke: destination.invoke(asked)! };
};
const invoke = async (...which: Parameters<typeof opened>): Promise<Invoke> => (await opened(...which)).invoke;

const caller = { address: '192.0.2.1', certificate: null, credentials: null };
const ask: Ask = { operation: 'x', input: { a: '1' }, headers: {}, caller, soapHeader: () => null, soapHeaders: {} };

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
  const error = await t.throwsAsync((await invoke(t, 'Never', { timeout: 20 }))(ask, new CallDeadline()), {
    instanceOf: SendError,
  });
  t.like(error, { reason: 'timeout', reached: 'all' });
});

test('a handler whose call’s time is over is late, too, whatever its own', async (t) => {
  const deadline = new CallDeadline();
  const answer = (await invoke(t, 'Never', { timeout: 60_000 }))(ask, deadline);
  deadline.end(new AdapterError('ERR_DEADLINE', 'over'));
  t.like(await t.throwsAsync(answer), { code: 'ERR_DEADLINE', reason: 'timeout', reached: 'all' });
});

test('an operation’s own timeout holds for its handler', async (t) => {
  const error = await t.throwsAsync((await invoke(t, 'Never', { timeout: 60_000, own: 20 }))(ask, new CallDeadline()));
  t.like(error, { code: 'ERR_TIMEOUT' });
});

test('a handler that is not there is named, with those that are', async (t) => {
  await t.throwsAsync(invoke(t, 'Missing'), {
    message: /exports no function Missing; it has Answer, Context, Deaf, Declared, Never, ThrowsAtOnce, Waits/,
  });
});

test('a handler is told who calls, the headers that may go on, and SOAP headers', async (t) => {
  const credentials = { from: 'authorization', user: 'ann', authorization: 'Basic x' } as const;
  const whom = { address: '192.0.2.7', certificate: 'AB:CD', credentials };
  const soapHeader = (name: string): string => `the ${name}`;
  const headers = { traceparent: '00-1-2-01' };
  const answer = await (
    await invoke(t, 'Context')
  )({ ...ask, headers, caller: whom, soapHeader, soapHeaders: { Token: 7 } }, new CallDeadline());
  const soapHeaders = { Token: 7 };
  const json = { operation: 'x', headers, caller: whom, soapHeader: 'the ClientId', soapHeaders, ended: false };
  t.deepEqual(answer, { kind: 'value', json });
});

const reasonOf = (key: string): unknown => (globalThis as Record<string, unknown>)[key];

test('the signal ends when the time is over', async (t) => {
  const waiting = (await invoke(t, 'Waits', { timeout: 20 }))({ ...ask, input: { key: 'late' } }, new CallDeadline());
  const error = await t.throwsAsync(waiting, { instanceOf: SendError });
  t.is(error?.reason, 'timeout');
  t.regex(String(reasonOf('late')), /no answer within 20 ms/);
});

test('the signal ends when the client leaves', async (t) => {
  const deadline = new CallDeadline();
  const waiting = (await invoke(t, 'Waits'))({ ...ask, input: { key: 'left' } }, deadline);
  deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
  const error = await t.throwsAsync(waiting, { instanceOf: SendError });
  t.is(error?.code, 'ERR_ABORTED');
  t.regex(String(reasonOf('left')), /the client left/);
});

test('one that takes no notice of its signal is under way until it is done', async (t) => {
  const { destination, invoke: asked } = await opened(t, 'Deaf', { timeout: 20 });
  const error = await t.throwsAsync(asked({ ...ask, input: { key: 'deaf' } }, new CallDeadline()), {
    instanceOf: SendError,
  });
  t.like(destination, { inFlight: 1, overdue: 1 });
  (reasonOf('deaf') as (answer: unknown) => void)({});
  await error.still;
  await new Promise((resolve) => setImmediate(resolve));
  t.like(destination, { inFlight: 0, overdue: 0 });
});

test('one whose call is over before it is asked is not asked', async (t) => {
  const deadline = new CallDeadline();
  deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
  const { destination, invoke: asked } = await opened(t, 'Deaf');
  const error = await t.throwsAsync(asked({ ...ask, input: { key: 'unasked' } }, deadline));
  t.like(error, { code: 'ERR_ABORTED', reached: 'nothing', still: null });
  t.is(destination.inFlight, 0);
  t.is(reasonOf('unasked'), undefined);
});
