import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { forwardedLines } from './forwarded.ts';
import type { ForwardedForm } from '../adapter.ts';

interface Case {
  readonly raw?: readonly string[];
  readonly address?: string;
  readonly secure?: boolean;
  readonly forwarded?: ForwardedForm;
  /** Lines besides Host. */
  readonly told: readonly string[];
}
const host = ['Host', 'api.example.com:8443'];
const tells = test.macro<[Case]>((t, { raw = [], address = '192.0.2.1', secure = true, forwarded = 'none', told }) => {
  const plain = plainCall({ raw: [...host, ...raw], address });
  const call = { ...plain, client: { address, secure, certificate: () => null } };
  const lines = forwardedLines({ forwarded, trusts: (peer) => peer === '10.0.0.1' })(call);
  t.deepEqual(lines, [...host, ...told]);
});
const whole = 'for=192.0.2.1;host="api.example.com:8443";proto=https';
const older = [
  'X-Forwarded-For',
  '192.0.2.1',
  'X-Forwarded-Proto',
  'https',
  'X-Forwarded-Host',
  'api.example.com:8443',
];

test('nothing is begun where nothing is said of it', tells, { raw: ['X-Client-Id', '7'], told: ['X-Client-Id', '7'] });
test('Forwarded is begun', tells, { forwarded: 'forwarded', told: ['Forwarded', whole] });
test('X-Forwarded-* is begun', tells, { forwarded: 'x-forwarded', told: older });
test('both are', tells, { forwarded: 'both', told: [...older, 'Forwarded', whole] });
test('an IPv6 address is bracketed and quoted, its zone left out', tells, {
  address: 'fe80::1%eth0',
  forwarded: 'forwarded',
  told: ['Forwarded', 'for="[fe80::1]";host="api.example.com:8443";proto=https'],
});
test('an IPv4 address is one, also on a socket for both families', tells, {
  address: '::ffff:192.0.2.1',
  forwarded: 'x-forwarded',
  told: older,
});
test('a client’s own words are replaced where they stand, each once; of what cannot be known nothing is left', tells, {
  raw: [
    'x-forwarded-for',
    '6.6.6.6',
    'FORWARDED',
    'for=6.6.6.6;secret=x',
    'A',
    'b',
    'X-FORWARDED-FOR',
    '7.7.7.7',
    'X-Forwarded-Proto',
    'gopher',
    'X-Forwarded-Host',
    'evil',
    'X-Forwarded-Port',
    '1',
    'X-Forwarded-Prefix',
    '/evil',
    'X-Real-IP',
    '6.6.6.6',
    'X-Original-URL',
    '/admin',
    'X-Rewrite-Url',
    '/admin',
    'Forwarded',
    'for=8.8.8.8',
  ],
  told: [
    'x-forwarded-for',
    '192.0.2.1',
    'FORWARDED',
    whole,
    'A',
    'b',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'api.example.com:8443',
    'X-Forwarded-Port',
    '8443',
  ],
});
test('and the rest of the form is begun beside them', tells, {
  raw: ['X-Forwarded-Proto', 'http'],
  forwarded: 'x-forwarded',
  told: ['X-Forwarded-Proto', 'https', 'X-Forwarded-For', '192.0.2.1', 'X-Forwarded-Host', 'api.example.com:8443'],
});
test('a trusted proxy’s words are extended, whatever the setting; the rest of them stays', tells, {
  address: '10.0.0.1',
  raw: [
    'X-Forwarded-For',
    '6.6.6.6',
    'x-forwarded-for',
    '192.0.2.1',
    'X-Forwarded-Proto',
    'http',
    'X-Real-IP',
    '192.0.2.1',
    'Forwarded',
    'for=_x',
  ],
  told: [
    'X-Forwarded-For',
    '6.6.6.6',
    'x-forwarded-for',
    '192.0.2.1, 10.0.0.1',
    'X-Forwarded-Proto',
    'http',
    'X-Real-IP',
    '192.0.2.1',
    'Forwarded',
    'for=_x, for=10.0.0.1;host="api.example.com:8443";proto=https',
  ],
});
test('what it said in the older form begins the newer', tells, {
  address: '10.0.0.1',
  forwarded: 'forwarded',
  raw: ['X-Forwarded-For', '2001:db8::1', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'api.example.com'],
  told: [
    'X-Forwarded-For',
    '2001:db8::1, 10.0.0.1',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'api.example.com',
    'Forwarded',
    'for="[2001:db8::1]";host=api.example.com;proto=https, for=10.0.0.1;host="api.example.com:8443";proto=https',
  ],
});
test('of several hops nobody knows whose the scheme is', tells, {
  address: '10.0.0.1',
  forwarded: 'forwarded',
  raw: ['X-Forwarded-For', '192.0.2.1:4711, what"ever', 'X-Forwarded-Proto', 'https'],
  told: [
    'X-Forwarded-For',
    '192.0.2.1:4711, what"ever, 10.0.0.1',
    'X-Forwarded-Proto',
    'https',
    'Forwarded',
    'for="192.0.2.1:4711", for=unknown, for=10.0.0.1;host="api.example.com:8443";proto=https',
  ],
});
test('what it said in the newer form alone begins no older one, which would name the proxy as the client', tells, {
  address: '10.0.0.1',
  forwarded: 'both',
  raw: ['Forwarded', 'for=192.0.2.1'],
  told: ['Forwarded', 'for=192.0.2.1, for=10.0.0.1;host="api.example.com:8443";proto=https'],
});
test('a trusted peer that says nothing is the client', tells, {
  address: '10.0.0.1',
  forwarded: 'both',
  told: [
    'X-Forwarded-For',
    '10.0.0.1',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'api.example.com:8443',
    'Forwarded',
    'for=10.0.0.1;host="api.example.com:8443";proto=https',
  ],
});
