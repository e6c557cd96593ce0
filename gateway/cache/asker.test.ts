import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { askerOf, credentialHeaders } from './asker.ts';
import { cohort } from '../traffic/cohort.ts';
import type { Call, Meaning } from '../../adapters/adapter.ts';
import type { CohortSource } from '../traffic/traffic.ts';

const meaning: Meaning = { text: '', form: 'soap11', input: null, messageId: null, credentials: [] };
const toldBy = (call: Call, source: CohortSource) => cohort(call, [source], () => false)?.key ?? null;
const keyHeaders = new Set([...credentialHeaders, 'x-partner-key']);
/** Null: it shares with nobody. */
const callerOf = (asker: ReturnType<typeof askerOf>) => (typeof asker === 'string' ? null : asker.caller);
const keyOf = (
  given: Parameters<typeof plainCall>[0],
  vary: readonly CohortSource[] = [],
  from: Partial<Meaning> = {},
) => callerOf(askerOf(plainCall(given), { vary, keyHeaders, toldBy }, { ...meaning, ...from }));

test('callers without credentials are alike, but for what vary names', (t) => {
  t.is(keyOf({ raw: ['X-Tenant', 'a'] }), keyOf({ raw: ['X-Tenant', 'b'] }));
  const vary = [{ from: 'header', name: 'x-tenant' }] as const;
  t.not(keyOf({ raw: ['X-Tenant', 'a'] }, vary), keyOf({ raw: ['X-Tenant', 'b'] }, vary));
  t.not(keyOf({ raw: ['X-Tenant', 'a'] }, vary), keyOf({}, vary));
  t.not(keyOf({ raw: ['X-Tenant', 'a'] }, vary), keyOf({ raw: ['X-Tenant', 'a', 'x-tenant', 'b'] }, vary));
});

const security = (proof: string | null) => ({ credentials: [{ from: 'ws-security', user: 'ann', proof } as const] });
const header = (name: string) => [{ from: 'header', name } as const];
const credentials: readonly (readonly [string, Parameters<typeof keyOf>[0], readonly CohortSource[]])[] = [
  ['Authorization', { raw: ['Authorization', 'Bearer x'] }, header('authorization')],
  ['Basic', { raw: ['authorization', 'Basic YTpi'] }, [{ from: 'basicUser' }]],
  ['an API key', { raw: ['X-API-Key', 'x'] }, [{ from: 'apiKey', header: 'x-api-key' }]],
  ['a key that the route looks for', { raw: ['X-Partner-Key', 'x'] }, header('x-partner-key')],
  [
    'what a proxy says of a certificate',
    { raw: ['X-Forwarded-Client-Cert', 'Hash=x'] },
    header('x-forwarded-client-cert'),
  ],
  ['what a proxy says of a user', { raw: ['X-Remote-User', 'ann'] }, header('x-remote-user')],
  ['a cookie', { raw: ['Cookie', 'a=b'] }, [{ from: 'cookie', name: 'a' }]],
  ['a client certificate', { certificate: 'AA:BB' }, [{ from: 'clientCertificate' }]],
];
for (const [what, given, vary] of credentials)
  test(`${what} is shared with nobody unless vary names it`, (t) => {
    t.is(keyOf(given), null);
    t.is(keyOf(given, [{ from: 'ip' }]), null);
    t.not(keyOf(given, vary), null);
    t.not(keyOf(given, vary), keyOf({}, vary));
  });

test('who was known by NTLM or Negotiate before is shared with nobody, whatever vary names', (t) => {
  const call = plainCall({});
  const bond = {
    identified: true,
    of: () => ({ side: null, asker: null }),
    answered: () => undefined,
    onOver: () => undefined,
    end: () => undefined,
  };
  const known = { ...call, client: { ...call.client, bond } };
  t.is(askerOf(known, { vary: header('authorization'), keyHeaders, toldBy }, meaning), 'credentials');
});

test('WS-Security too, and what is good for one call is never shared', (t) => {
  t.is(keyOf({}, [], security('p')), null);
  t.not(keyOf({}, [{ from: 'wsUsername' }], security('p')), null);
  t.not(keyOf({}, [{ from: 'wsUsername' }], security('p')), keyOf({}, [{ from: 'wsUsername' }], security('q')));
  t.is(keyOf({}, [{ from: 'wsUsername' }], security(null)), null);
});

test('one cookie that is named does not vouch for another', (t) => {
  const vary = [{ from: 'cookie', name: 'a' } as const];
  t.is(keyOf({ raw: ['Cookie', 'a=b; session=c'] }, vary), null);
  t.not(keyOf({ raw: ['Cookie', 'a=b; session=c'] }, header('cookie')), null);
});

test('what authenticates a connection is never shared', (t) => {
  for (const scheme of ['NTLM TlRM', 'negotiate YII'])
    t.is(keyOf({ raw: ['Authorization', scheme] }, header('authorization')), null);
});

test('another password is another caller', (t) => {
  const key = (word: string) => keyOf({ raw: ['Authorization', `Basic ${word}`] }, [{ from: 'basicUser' }]);
  t.not(key('YTpi'), key('YTpj'));
});
