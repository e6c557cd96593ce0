import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { networks } from '../lib/cidr.ts';
import { clientIp, ipKey } from './client-ip.ts';

const trusts = networks(['10.0.0.0/8', 'fd00::/8']);
const nobody = networks([]);

const seen = test.macro((t, address: string, lines: readonly string[], client: string) => {
  const raw = lines.flatMap((line) => ['X-Forwarded-For', line]);
  t.is(clientIp(plainCall({ address, raw }), trusts), client);
});
test(
  'a peer that is no trusted proxy is the client, whatever it says',
  seen,
  '203.0.113.5',
  ['198.51.100.1'],
  '203.0.113.5',
);
test('a trusted proxy’s word is believed', seen, '10.0.0.1', ['198.51.100.1'], '198.51.100.1');
test('what the client wrote left of it is not', seen, '10.0.0.1', ['6.6.6.6, 198.51.100.1'], '198.51.100.1');
test('a chain of trusted proxies is followed', seen, '10.0.0.1', ['6.6.6.6, 198.51.100.1, 10.0.0.2'], '198.51.100.1');
test(
  'a line of the client’s own does not hide the proxy’s line',
  seen,
  '10.0.0.1',
  ['6.6.6.6', '198.51.100.1'],
  '198.51.100.1',
);
test('a chain of trusted proxies only ends at its first', seen, '10.0.0.1', ['10.0.0.3, 10.0.0.2'], '10.0.0.3');
test('no header at all leaves the peer', seen, '10.0.0.1', [], '10.0.0.1');
test('garbage ends the chain where it stands', seen, '10.0.0.1', ['198.51.100.1, unknown, 10.0.0.2'], '10.0.0.2');
test('an empty element ends the chain', seen, '10.0.0.1', ['198.51.100.1, '], '10.0.0.1');
test('ports and brackets are left out', seen, '10.0.0.1', ['[2001:db8::1]:4711, 10.0.0.2:80'], '2001:db8::1');
test('a mapped peer is trusted like the address it maps', seen, '::ffff:10.0.0.1', ['2001:db8::1'], '2001:db8::1');

test('with no trusted proxies the header is never read', (t) => {
  t.is(clientIp(plainCall({ address: '10.0.0.1', raw: ['X-Forwarded-For', '6.6.6.6'] }), nobody), '10.0.0.1');
});

const counts = test.macro<[string, string]>({
  exec: (t, address, key) => t.is(ipKey(address), key),
  title: (_, address, key) => `${address} counts as ${key}`,
});
test(counts, '192.0.2.1', '192.0.2.1');
test(counts, '::ffff:192.0.2.1', '192.0.2.1');
test(counts, '::ffff:c000:201', '192.0.2.1');
test(counts, '2001:db8:0:7::1', '2001:db8:0:7::/64');
test(counts, '2001:0DB8:0:7:ffff:ffff:ffff:ffff', '2001:db8:0:7::/64');
test(counts, '2001:db8:0:8::1', '2001:db8:0:8::/64');
test(counts, '::1', '0:0:0:0::/64');
test(counts, 'fe80::1%eth0', 'fe80:0:0:0::/64');
test(counts, '', '');
