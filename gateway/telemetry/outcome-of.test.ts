import test from 'ava';
import type { Delivered, Verdict } from '../../adapters/adapter.ts';
import { AdapterError, RequestError, SendError } from '../../adapters/errors.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import type { Attempt, Outcome } from '../exchange.ts';
import { outcomeOf } from './outcome-of.ts';

const attempt: Attempt = { side: 'modern', destination: 'new', ms: 1, status: 200, reason: null, reached: 'all' };
const told = (status: number, verdict: Verdict = { blame: 'nobody' }) => ({
  head: { status, reason: '', raw: [] },
  body: plainCall().body,
  verdict,
});

const answers = test.macro(
  (t, status: number, verdict: Verdict, expected: Outcome, attempts: readonly Attempt[] = [attempt]) => {
    const reply = told(status, verdict);
    const forwarded = { reply, error: null, attempts, fallback: null };
    t.is(outcomeOf({ forwarded, reply, delivered: 'complete' }), expected);
  },
);
const fault = { name: 'OrderNotFound', code: 'Client' };
test('an answer', answers, 200, { blame: 'nobody' }, 'ok');
test('a status that the file takes for an answer is one', answers, 404, { blame: 'nobody' }, 'ok');
test(
  'and one that it takes for a failure is that',
  answers,
  404,
  { blame: 'destination', reason: '5xx' },
  'server-error',
);
test('or for the client’s fault', answers, 200, { blame: 'client' }, 'client-error');
test('a fault is one whatever its status', answers, 422, { blame: 'nobody', fault }, 'fault');
test('with 200, too', answers, 200, { blame: 'client', fault }, 'fault');
test('a 500 that was not looked at may be one', answers, 500, { blame: 'nobody' }, 'fault');
test('a 404 is the client’s', answers, 404, { blame: 'client' }, 'client-error');
test(
  'what its protocol answered without asking anybody goes by its status',
  answers,
  405,
  { blame: 'nobody' },
  'client-error',
  [],
);

const errors = test.macro((t, error: AdapterError, expected: Outcome, attempts: readonly Attempt[] = [attempt]) => {
  const forwarded = { reply: null, error, attempts, fallback: null };
  t.is(outcomeOf({ forwarded, reply: told(500), delivered: 'complete' }), expected);
});
test('no connection', errors, new SendError('ERR_CONNECT', 'connect', 'nothing', ''), 'unavailable');
test(
  'the end of the call’s time while somebody was asked',
  errors,
  new AdapterError('ERR_DEADLINE', ''),
  'unavailable',
);
test('a message that does not fit', errors, new RequestError('', ''), 'refused');
test('no memory to read it', errors, new AdapterError('ERR_MEMORY', ''), 'refused', []);

const endings: readonly (readonly [Delivered, Outcome])[] = [
  ['cut', 'cut'],
  ['client-left', 'client-left'],
];
for (const [delivered, expected] of endings)
  test(`${delivered} comes before all else`, (t) => {
    const reply = told(200);
    const forwarded = { reply, error: null, attempts: [attempt], fallback: null };
    t.is(outcomeOf({ forwarded, reply, delivered }), expected);
  });
