import test from 'ava';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import type { ContractOperation, Verdict } from '../../adapters/adapter.ts';
import { checkTreat, treated, TreatError, type Treat } from './treat.ts';

const fault = (name: string | null, code: string): Verdict => ({
  blame: 'destination',
  reason: 'fault',
  fault: { name, code },
});

const short = (verdict: Verdict): string => (verdict.blame === 'destination' ? verdict.reason : verdict.blame);

const means = test.macro({
  async exec(t, treat: Treat, status: number, verdict: Verdict, expected: string) {
    const { body } = plainCall();
    const send = treated(treat, () => Promise.resolve({ head: { status, reason: '', raw: [] }, body, verdict }));
    const reply = await send(plainCall(), new CallDeadline());
    t.is(short(reply.verdict), expected);
    t.deepEqual(reply.verdict.fault, verdict.fault);
  },
  title: (name = '') => name,
});

const client: Verdict = { blame: 'client' };
const declared: Verdict = { blame: 'nobody', fault: { name: 'NotFound', code: 'Server' } };
test('a status that is a failure', means, { 404: 'failure' }, 404, client, 'contract');
test('a 5xx that is an answer', means, { 503: 'answer' }, 503, { blame: 'destination', reason: '5xx' }, 'nobody');
test('a 5xx that is the client’s', means, { 501: 'client' }, 501, { blame: 'destination', reason: '5xx' }, 'client');
test('another status is what it was', means, { 404: 'failure' }, 400, client, 'client');
test('a declared fault that is a failure', means, { NotFound: 'failure' }, 500, declared, 'fault');
test('a fault by its name before its code', means, { NotFound: 'answer', Server: 'failure' }, 500, declared, 'nobody');
test(
  'a fault by its code before its status',
  means,
  { Server: 'answer', 500: 'failure' },
  500,
  fault(null, 'Server'),
  'nobody',
);
test('a status holds for faults too', means, { 500: 'answer' }, 500, fault(null, 'Server'), 'nobody');
test('a code holds for what narrows it', means, { Server: 'answer' }, 500, fault(null, 'Server.Busy'), 'nobody');
test(
  'the narrower code holds',
  means,
  { Server: 'answer', 'Server.Busy': 'failure' },
  500,
  fault(null, 'Server.Busy'),
  'fault',
);
test(
  'a narrow code says nothing of its family',
  means,
  { 'Server.Busy': 'answer' },
  500,
  fault(null, 'Server'),
  'fault',
);
test('a code holds in the other version of SOAP', means, { Server: 'answer' }, 500, fault(null, 'Receiver'), 'nobody');
test('a code of the service’s own', means, { 'code:BUSY': 'answer' }, 500, fault(null, 'BUSY'), 'nobody');
test('a name that every object has means nothing', means, {}, 500, fault(null, 'constructor'), 'fault');

const operation = { name: 'Get', faults: ['NotFound', 'Locked'] } as unknown as ContractOperation;
const faults = new Set(['NotFound', 'Locked', 'Frozen']);
const wrong = test.macro({
  exec(t, treat: Treat, translated: boolean, message: RegExp) {
    const error = t.throws(() => checkTreat({ treat, operation, faults, translated }), { instanceOf: TreatError });
    t.is(error?.flaws[0]?.key, Object.keys(treat)[0]);
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `told at load: ${name}`,
});
test('a name nobody declares', wrong, { NotFond: 'answer' }, false, /did you mean NotFound\?/);
test(
  'a name like nothing',
  wrong,
  { Xyzzy: 'answer' },
  false,
  /expected one of NotFound, Locked, a status, a SOAP code, or code:NAME/,
);
test('a misspelt code', wrong, { Sever: 'failure' }, false, /did you mean Server\?/);
test('a name that is to mean another', wrong, { NotFound: 'Locked' }, true, /expected answer or failure/);
test(
  'a relayed status that is to be a fault',
  wrong,
  { 404: 'NotFound' },
  false,
  /go on as they came; expected answer, client or failure/,
);
test(
  'a translated status that is to be an answer',
  wrong,
  { 404: 'answer' },
  true,
  /expected a declared fault, client or failure/,
);
test('a translated 5xx that is to be a fault', wrong, { 503: 'NotFound' }, true, /expected failure/);

test('everything that has a meaning is taken', (t) => {
  for (const name of ['Frozen', 'Client', 'Server.Busy', 'code:x', '404', '503'])
    t.notThrows(() => checkTreat({ treat: { [name]: 'failure' }, operation, faults, translated: false }), name);
  t.notThrows(() => checkTreat({ treat: { 404: 'NotFound', 409: 'client' }, operation, faults, translated: true }));
});
