import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { networks } from '../lib/cidr.ts';
import { cameIn } from './came-in.ts';
import { clientIp } from './client-ip.ts';
import { forwardedHops } from './forwarded.ts';

const trusts = networks(['10.0.0.0/8']);

const reads = test.macro<[string, ...(readonly (string | null)[])[]]>({
  exec(t, value, ...hops) {
    t.deepEqual(
      forwardedHops(['Forwarded', value]).map((hop) => [hop.for, hop.host, hop.proto]),
      hops.slice(),
    );
  },
  title: (_, value) => value,
});
test(reads, 'for=192.0.2.1;host=api.example.com;proto=https;by=10.0.0.1', ['192.0.2.1', 'api.example.com', 'https']);
test(
  reads,
  'For="[2001:db8::1]:4711" ; PROTO=http , for=10.0.0.2',
  ['[2001:db8::1]:4711', null, 'http'],
  ['10.0.0.2', null, null],
);
test(reads, 'for=_hidden, for="unknown";host="a\\"b,;c"', ['_hidden', null, null], ['unknown', 'a"b,;c', null]);
test(reads, 'for=[2001:db8::1];host=api:8080', ['[2001:db8::1]', 'api:8080', null]);
test(reads, ', for=192.0.2.1, ,', ['192.0.2.1', null, null]);
test(reads, 'for="192.0.2.1');
test(reads, 'for=192.0.2.1 proto=https');
test(reads, 'for');

test('lines add up, the last is the nearest proxy’s', (t) => {
  const hops = forwardedHops(['forwarded', 'for=192.0.2.1', 'FORWARDED', 'for=10.0.0.2']);
  t.deepEqual(
    hops.map((hop) => hop.for),
    ['192.0.2.1', '10.0.0.2'],
  );
});

interface Case {
  readonly raw: readonly string[];
  readonly address?: string;
  readonly ip: string;
  readonly base: string;
}
const counts = test.macro<[Case]>((t, { raw, address = '10.0.0.1', ip, base }) => {
  const call = plainCall({ raw: ['Host', 'gw.example', ...raw], address });
  t.is(clientIp(call, trusts), ip);
  t.is(cameIn({ publicUrl: null, trusts })(call), base);
});
test('a trusted proxy tells client, host and scheme by it', counts, {
  raw: ['Forwarded', 'for=6.6.6.6;host=evil.example, for="192.0.2.1:4711";host=api.example.com;proto=HTTPS'],
  ip: '192.0.2.1',
  base: 'https://api.example.com',
});
test('of two trusted proxies the first met the client', counts, {
  raw: ['Forwarded', 'for=6.6.6.6, for=192.0.2.1;host="api:8443";proto=https, for=10.0.0.2;host=inner.example'],
  ip: '192.0.2.1',
  base: 'https://api:8443',
});
test('nobody else does', counts, {
  raw: ['Forwarded', 'for=6.6.6.6;host=evil.example;proto=https'],
  address: '192.0.2.1',
  ip: '192.0.2.1',
  base: 'http://gw.example',
});
test('what is hidden stays so: the proxy that hides counts', counts, {
  raw: ['Forwarded', 'for=_secret;proto=https'],
  ip: '10.0.0.1',
  base: 'https://gw.example',
});
test('X-Forwarded-* counts for more, whatever of it there is', counts, {
  raw: ['Forwarded', 'for=6.6.6.6;host=evil.example;proto=https', 'X-Forwarded-For', '192.0.2.1'],
  ip: '192.0.2.1',
  base: 'http://gw.example',
});
test('what is no host is none', counts, {
  raw: ['Forwarded', 'for=192.0.2.1;host="a<b";proto=gopher'],
  ip: '192.0.2.1',
  base: 'http://gw.example',
});
