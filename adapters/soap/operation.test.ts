import test from 'ava';
import { decideOperation } from './operation.ts';
import { getAction, listAction, orderNames, pingAction } from '../../test/golden/envelopes.ts';
import type { Identified } from '../adapter.ts';
import type { CallNames, DecisionRules } from './operation.ts';

interface Case {
  /** Of the head. */
  readonly head?: readonly string[];
  /** wsa:Action. */
  readonly wsa?: readonly string[];
  readonly child?: string | null;
  readonly dispatch?: DecisionRules['dispatch'];
  readonly mismatch?: DecisionRules['mismatch'];
  readonly version?: CallNames['version'];
  readonly session?: boolean;
}

const decide = ({ head = [], wsa = [], child = null, session = false, ...rest }: Case): Identified => {
  const { dispatch = 'both', mismatch = 'legacy' } = rest;
  const version = rest.version === undefined ? '1.1' : rest.version;
  const envelope = { version: '1.1' as const, child, actions: wsa, session, header: wsa.length > 0 || session };
  return decideOperation({ version, actions: head, envelope }, orderNames, { dispatch, mismatch });
};

const short = (found: Identified): string => {
  if (found.is === 'operation') return found.name;
  return found.is === 'undecided' ? [found.reason, ...found.names].join(' ') : found.is;
};

const table = test.macro({
  exec: (t, given: Case, expected: string) => t.is(short(decide(given)), expected),
  title: (name, _: Case, expected: string) => `${name}: ${expected}`,
});

const get = '{urn:orders}GetOrder';
const list = '{urn:orders}ListOrders';
const shared = '{urn:orders}Shared';

test('known action, its element', table, { head: [getAction], child: get }, 'GetOrder');
test('known action, element of another name', table, { head: ['urn:sum'], child: '{urn:orders}AddUp' }, 'Sum');
test('known action, another known element', table, { head: [getAction], child: list }, 'mismatch GetOrder ListOrders');
test('known action, unknown element', table, { head: [getAction], child: '{urn:x}GetOrder' }, 'unknown GetOrder');
test('known action, element in no namespace', table, { head: [getAction], child: 'GetOrder' }, 'unknown GetOrder');
test('no action, unique element', table, { child: get }, 'GetOrder');
test('no action, element in no namespace', table, { child: 'Bare' }, 'Bare');
test('no action, shared element', table, { child: shared }, 'ambiguous SharedOne SharedTwo');
test('no action, unknown element', table, { child: '{urn:x}Y' }, 'unknown');
test('known action, shared element', table, { head: ['urn:shared/two'], child: shared }, 'SharedTwo');
test(
  'known action, shared element of others',
  table,
  { head: [getAction], child: shared },
  'mismatch GetOrder SharedOne SharedTwo',
);
test('shared action, unique element', table, { head: ['urn:any'], child: list }, 'ListOrders');
test('unknown action, known element', table, { head: ['urn:x'], child: get }, 'unknown GetOrder');
test('unknown action, unknown element', table, { head: ['urn:x'], child: 'x' }, 'unknown');
test(
  'an action in another case is unknown',
  table,
  { head: [getAction.toUpperCase()], child: get },
  'unknown GetOrder',
);
test('the last segment of an action is unknown', table, { head: ['GetOrder'], child: get }, 'unknown GetOrder');

test('empty Body, action of the operation that has none', table, { head: [pingAction] }, 'Ping');
test('empty Body, no action, one operation that has none', table, {}, 'Ping');
test('empty Body, action of an operation that needs one', table, { head: [getAction] }, 'mismatch GetOrder Ping');
test(
  'element, action of the operation that has none',
  table,
  { head: [pingAction], child: get },
  'mismatch Ping GetOrder',
);
test('empty Body where every operation needs one', (t) => {
  const names = { ...orderNames, bodiless: [] };
  const envelope = { version: '1.1' as const, child: null, actions: [], session: false, header: false };
  const rules = { dispatch: 'both', mismatch: 'legacy' } as const;
  t.is(short(decideOperation({ version: '1.1', actions: [], envelope }, names, rules)), 'empty');
  t.is(short(decideOperation({ version: '1.1', actions: [getAction], envelope }, names, rules)), 'empty GetOrder');
});

test('wsa:Action alone', table, { wsa: [getAction], child: get }, 'GetOrder');
test('wsa:Action alone, unknown', table, { wsa: ['urn:x'], child: get }, 'unknown GetOrder');
test('wsa:Action alone, another', table, { wsa: [listAction], child: get }, 'mismatch ListOrders GetOrder');
test(
  'wsa:Action, percent-encoded in the contract',
  table,
  { wsa: ['urn:a%20b/%C3%BC'], child: '{urn:orders}Spaced' },
  'Spaced',
);
test('SOAPAction and wsa:Action agree', table, { head: [getAction], wsa: [getAction], child: get }, 'GetOrder');
test(
  'SOAPAction and wsa:Action differ',
  table,
  { head: [getAction], wsa: [listAction], child: get },
  'mismatch GetOrder ListOrders',
);
test(
  'SOAPAction known, wsa:Action unknown',
  table,
  { head: [getAction], wsa: ['urn:x'], child: get },
  'mismatch GetOrder',
);
test(
  'SOAPAction unknown, wsa:Action known',
  table,
  { head: ['urn:x'], wsa: [getAction], child: get },
  'mismatch GetOrder',
);
test('two wsa:Actions', table, { wsa: [getAction, listAction], child: get }, 'mismatch GetOrder ListOrders');
test(
  'SOAPAction and action parameter differ',
  table,
  { head: [getAction, listAction], child: list },
  'mismatch GetOrder ListOrders',
);
test('two actions of one operation', table, { head: ['urn:any'], wsa: [getAction], child: get }, 'GetOrder');

test('payload: unknown action, known element', table, { head: ['urn:x'], child: get, dispatch: 'payload' }, 'GetOrder');
test(
  'payload: known action, another element',
  table,
  { head: [listAction], child: get, dispatch: 'payload' },
  'mismatch ListOrders GetOrder',
);
test(
  'payload: unknown action, shared element',
  table,
  { head: ['urn:x'], child: shared, dispatch: 'payload' },
  'ambiguous SharedOne SharedTwo',
);
test(
  'payload: unknown action, unknown element',
  table,
  { head: ['urn:x'], child: 'x', dispatch: 'payload' },
  'unknown',
);
test('action: no action, known element', table, { child: get, dispatch: 'action' }, 'unknown GetOrder');
test('action: known action, its element', table, { head: [getAction], child: get, dispatch: 'action' }, 'GetOrder');
test(
  'action: known action, unknown element',
  table,
  { head: [getAction], child: 'x', dispatch: 'action' },
  'unknown GetOrder',
);

test('refusing: names that disagree', table, { head: [getAction], child: list, mismatch: 'refuse' }, 'refused');
test(
  'refusing: wsa:Action that disagrees',
  table,
  { head: [getAction], wsa: ['urn:x'], child: get, mismatch: 'refuse' },
  'refused',
);
test(
  'refusing: an unknown name is not refused',
  table,
  { head: ['urn:x'], child: get, mismatch: 'refuse' },
  'unknown GetOrder',
);

test('content type of the other version', table, { head: [getAction], child: get, version: '1.2' }, 'version GetOrder');
test('content type of no version', table, { head: [getAction], child: get, version: null }, 'version GetOrder');

const rst = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
test('RST/SCT action', table, { head: ['http://schemas.xmlsoap.org/ws/2005/02/trust/RST/SCT'], child: 'x' }, 'session');
test(
  'CreateSequence by wsa:Action',
  table,
  { wsa: ['http://docs.oasis-open.org/ws-rx/wsrm/200702/CreateSequence'], child: 'x' },
  'session',
);
test(
  'CreateSequence by element',
  table,
  { child: '{http://schemas.xmlsoap.org/ws/2005/02/rm}CreateSequence' },
  'session',
);
test('token request by element', table, { child: `{${rst}}RequestSecurityToken` }, 'session');
test(
  'session header on a known operation',
  table,
  { head: [getAction], child: get, session: true },
  'session GetOrder',
);
test(
  'encrypted Body',
  table,
  { head: [getAction], child: '{http://www.w3.org/2001/04/xmlenc#}EncryptedData' },
  'opaque GetOrder',
);
test('metadata exchange', table, { wsa: ['http://schemas.xmlsoap.org/ws/2004/09/transfer/Get'] }, 'other');
test(
  'metadata exchange with an operation in it',
  table,
  { wsa: ['http://schemas.xmlsoap.org/ws/2004/09/transfer/Get'], child: get },
  'unknown GetOrder',
);

test('names of object properties are no operations', (t) => {
  for (const name of ['toString', '__proto__', 'constructor']) {
    t.is(short(decide({ head: [name], child: name })), 'unknown');
  }
});

test('a refusal says what was found and what to do', (t) => {
  const found = decide({ head: [getAction], child: list, mismatch: 'refuse' });
  t.is(found.is, 'refused');
  if (found.is !== 'refused') return;
  t.is(found.error.code, 'ERR_REFUSED');
  t.regex(found.error.message, /GetOrder, ListOrders/);
});
