import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { templateOf } from './tags.ts';
import { understanding } from './understand.ts';
import type { Meaning, Meanings } from '../../adapters/adapter.ts';
import type { CachePolicy } from './policy.ts';

const meaning = { text: 't', form: 'soap11', input: { id: 7 }, messageId: null, credentials: [] } as const;
const counted = (byBody: boolean, of: () => Partial<Meaning> = () => ({})) => {
  const state = { read: 0 };
  const meanings: Meanings = {
    byBody,
    ofCall: () => {
      state.read += 1;
      return { ...meaning, ...of() };
    },
    ofReply: () => null,
    again: (body) => body,
  };
  return { state, meanings };
};
const policy = (meanings: Meanings, more: Partial<CachePolicy> = {}): CachePolicy => ({
  ttl: 1,
  target: 'orders.Get',
  staleWhileRevalidate: 0,
  staleIfError: 0,
  refreshAhead: 0,
  maxBytes: 1e6,
  meanings,
  scope: 's',
  faults: new Map(),
  vary: [],
  keyHeaders: new Set(),
  shared: false,
  isInvalidated: false,
  tags: [templateOf('c', 'Get'), templateOf('c', 'Get:{id}')],
  toldBy: () => null,
  ...more,
});
const body = Buffer.from('<x/>');

test('bytes that came before are not read again', (t) => {
  const { state, meanings } = counted(true);
  const understand = understanding({ isShared: false, maxBytes: 1e6 });
  const [one, two] = [0, 1].map(() => understand(policy(meanings), 'legacy', plainCall(), body));
  t.deepEqual(one, two);
  t.is(state.read, 1);
});

test('bytes are read again once there was no room to remember them', (t) => {
  const { state, meanings } = counted(true);
  const understand = understanding({ isShared: false, maxBytes: 3000 });
  const other = Buffer.from('<y/>');
  for (const each of [body, other, body, other, Buffer.from('<z/>'), body])
    understand(policy(meanings), 'legacy', plainCall(), each);
  t.is(state.read, 4, 'two have room');
});

// Members of a REST call's input may stand in headers: the same bytes are another question then.
test('calls that more than their bytes tells apart are read each time', (t) => {
  let id = 0;
  const { state, meanings } = counted(false, () => ({ text: `${(id += 1)}` }));
  const understand = understanding({ isShared: false, maxBytes: 1e6 });
  const keys = [0, 1].map(() => understand(policy(meanings), 'legacy', plainCall(), body));
  t.is(state.read, 2);
  t.notDeepEqual(keys[0], keys[1]);
});

test('an answer that relates to a message is none for a call without an id, nor the other way', (t) => {
  const key = (messageId: string | null) => {
    const asked = understanding({ isShared: false, maxBytes: 1e6 })(
      policy(counted(true, () => ({ messageId })).meanings),
      'legacy',
      plainCall(),
      body,
    );
    return typeof asked === 'string' ? asked : asked.key;
  };
  t.not(key('urn:1'), key(null));
  t.is(key('urn:1'), key('urn:2'));
});

test('sides have keys of their own', (t) => {
  const { meanings } = counted(true);
  const understand = understanding({ isShared: false, maxBytes: 1e6 });
  const key = (side: string, shared: boolean) => {
    const asked = understand(policy(meanings, { shared }), side, plainCall(), body);
    return typeof asked === 'string' ? asked : asked.key;
  };
  t.not(key('legacy', false), key('modern', false));
  t.is(key('legacy', true), key('modern', true));
});
