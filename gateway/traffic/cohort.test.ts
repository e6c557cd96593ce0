import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import type { PlainCall } from '../../test/helpers/plain-call.ts';
import { networks } from '../lib/cidr.ts';
import { cohort, sourceName } from './cohort.ts';
import type { CohortSource } from './traffic.ts';

const trusts = networks(['10.0.0.0/8']);
const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

const keyed = test.macro((t, source: CohortSource, given: PlainCall, key: string | null) => {
  t.deepEqual(cohort(plainCall(given), [source], trusts), key === null ? null : { key, from: sourceName(source) });
});

test('ip: the peer', keyed, { from: 'ip' }, { address: '203.0.113.5' }, '203.0.113.5');
test(
  'ip: the client behind a trusted proxy, by its /64',
  keyed,
  { from: 'ip' },
  { address: '10.0.0.1', raw: ['X-Forwarded-For', '2001:db8::9'] },
  '2001:db8:0:0::/64',
);
test('ip: no address, no key', keyed, { from: 'ip' }, { address: '' }, null);

const header = { from: 'header', name: 'x-client-id' } as const;
test('header: its first value, trimmed', keyed, header, { raw: ['X-Client-Id', ' acme ', 'x-client-id', 'b'] }, 'acme');
test('header: empty is absent', keyed, header, { raw: ['X-Client-Id', '  '] }, null);
test('header: absent', keyed, header, {}, null);
test(
  'apiKey: the header that carries it',
  keyed,
  { from: 'apiKey', header: 'x-api-key' },
  { raw: ['X-API-Key', 'k-1'] },
  'k-1',
);

const cookie = { from: 'cookie', name: 'sid' } as const;
test('cookie: among others', keyed, cookie, { raw: ['Cookie', 'a=b; sid=42; c=d'] }, '42');
test('cookie: the first of two', keyed, cookie, { raw: ['Cookie', 'sid=1; sid=2'] }, '1');
test('cookie: without its quotes', keyed, cookie, { raw: ['Cookie', 'sid="4 2"'] }, '4 2');
test('cookie: one quote is a value', keyed, cookie, { raw: ['Cookie', 'sid="'] }, '"');
test('cookie: a name that only ends alike is another', keyed, cookie, { raw: ['Cookie', 'xsid=1; SID=2'] }, null);
test('cookie: empty quotes are absent', keyed, cookie, { raw: ['Cookie', 'sid=""'] }, null);
test('cookie: equals signs belong to the value', keyed, cookie, { raw: ['Cookie', 'sid=a=b'] }, 'a=b');
test('cookie: percent signs have no meaning', keyed, cookie, { raw: ['Cookie', 'sid=%41'] }, '%41');

const query = { from: 'query', name: 'client' } as const;
test('query: decoded', keyed, query, { target: '/a?x=1&client=J%C3%BCrgen' }, 'Jürgen');
test('query: broken encoding is a key as it stands', keyed, query, { target: '/a?client=%ZZ' }, '%ZZ');
test('query: empty is absent', keyed, query, { target: '/a?client=&client=2' }, null);

const basic = { from: 'basicUser' } as const;
test('basicUser: the user alone', keyed, basic, { raw: ['Authorization', `Basic ${base64('anna:secret:x')}`] }, 'anna');
test('basicUser: the scheme in any case', keyed, basic, { raw: ['authorization', `bASIC ${base64('anna:')}`] }, 'anna');
test(
  'basicUser: UTF-8 and Latin-1 both read',
  keyed,
  basic,
  { raw: ['Authorization', `Basic ${base64('Jürgen:x', 'latin1')}`] },
  'Jürgen',
);
test('basicUser: no colon, no user', keyed, basic, { raw: ['Authorization', `Basic ${base64('anna')}`] }, null);
test('basicUser: an empty user is absent', keyed, basic, { raw: ['Authorization', `Basic ${base64(':pw')}`] }, null);
test('basicUser: not base64', keyed, basic, { raw: ['Authorization', 'Basic @@@'] }, null);
test('basicUser: another scheme', keyed, basic, { raw: ['Authorization', `Bearer ${base64('a:b')}`] }, null);

test('clientCertificate: its fingerprint', keyed, { from: 'clientCertificate' }, { certificate: 'ab12' }, 'ab12');
test('clientCertificate: none shown', keyed, { from: 'clientCertificate' }, {}, null);
test('wsUsername', keyed, { from: 'wsUsername' }, { wsUsername: 'anna' }, 'anna');
test('wsUsername: a call without a message', keyed, { from: 'wsUsername' }, {}, null);
test(
  'soapHeader: without the white space of its layout',
  keyed,
  { from: 'soapHeader', name: 'ClientId' },
  { soapHeaders: { ClientId: '\n  acme\n' } },
  'acme',
);
test('soapHeader: absent', keyed, { from: 'soapHeader', name: 'ClientId' }, { soapHeaders: {} }, null);

test('the first source that has a key wins, and is named without it', (t) => {
  const sources: CohortSource[] = [{ from: 'soapHeader', name: 'ClientId' }, header, { from: 'ip' }];
  t.deepEqual(cohort(plainCall({ raw: ['X-Client-Id', 'acme'] }), sources, trusts), {
    key: 'acme',
    from: 'header:x-client-id',
  });
  t.deepEqual(cohort(plainCall(), sources, trusts), { key: '192.0.2.1', from: 'ip' });
  t.is(cohort(plainCall(), [], trusts), null);
});

test('one client is one cohort wherever it says its name', (t) => {
  const spoken = cohort(plainCall({ raw: ['X-Client-Id', 'acme'] }), [header], trusts);
  const written = cohort(
    plainCall({ soapHeaders: { ClientId: 'acme' } }),
    [{ from: 'soapHeader', name: 'ClientId' }],
    trusts,
  );
  t.is(spoken?.key, written?.key);
});
