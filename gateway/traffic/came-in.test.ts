import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { networks } from '../lib/cidr.ts';
import { cameIn } from './came-in.ts';

const trusts = networks(['10.0.0.0/8']);
interface Case {
  readonly raw: readonly string[];
  readonly address?: string;
  readonly publicUrl?: string;
  readonly wanted: string | null;
}
const said = test.macro<[Case]>((t, { raw, address = '10.0.0.1', publicUrl, wanted }) => {
  t.is(cameIn({ publicUrl: publicUrl ?? null, trusts })(plainCall({ raw, address })), wanted);
});
const host = ['Host', 'gw.example:8080'];
const forwarded = (more: Record<string, string>): string[] => [
  ...host,
  ...Object.entries(more).flatMap(([name, value]) => [`X-Forwarded-${name}`, value]),
];

test('Host tells, where nobody else does', said, { raw: host, wanted: 'http://gw.example:8080' });
test('an IPv6 address as Host', said, { raw: ['Host', '[2001:db8::1]:8080'], wanted: 'http://[2001:db8::1]:8080' });
test('no Host: nobody knows', said, { raw: [], wanted: null });
test('a Host that is none: nobody knows', said, { raw: ['Host', 'a"><b'], wanted: null });
for (const odd of ['999.999.999.999', '1.2.3.4.5', 'gw.example:99999', '[:::]', '0x1ffffffff'])
  test(`a Host that no address can be made of, ${odd}: nobody knows`, said, { raw: ['Host', odd], wanted: null });
test('publicUrl counts for more than all others', said, {
  raw: forwarded({ Proto: 'https', Host: 'other.example' }),
  publicUrl: 'https://api.example.com/soap',
  wanted: 'https://api.example.com/soap',
});
test('a trusted proxy tells scheme, host, port and prefix', said, {
  raw: forwarded({ Proto: 'https', Host: 'api.example.com', Port: '8443', Prefix: '/soap/' }),
  wanted: 'https://api.example.com:8443/soap',
});
test('a client that is no proxy of ours is not believed', said, {
  raw: forwarded({ Proto: 'https', Host: 'evil.example', Port: '1', Prefix: '/evil' }),
  address: '192.0.2.1',
  wanted: 'http://gw.example:8080',
});
test("the scheme's own port is not written", said, {
  raw: forwarded({ Proto: 'https', Host: 'api.example.com', Port: '443' }),
  wanted: 'https://api.example.com',
});
test('a port in the name counts for more than X-Forwarded-Port', said, {
  raw: forwarded({ Proto: 'https', Host: 'api.example.com:444', Port: '8443' }),
  wanted: 'https://api.example.com:444',
});
test('the scheme alone is told: TLS ends before us', said, {
  raw: ['Host', 'api.example.com', 'X-Forwarded-Proto', 'https'],
  wanted: 'https://api.example.com',
});
test('what a client wrote before the proxy added to it is not looked at', said, {
  raw: forwarded({ For: '192.0.2.1', Proto: 'http, https', Host: 'evil.example, api.example.com' }),
  wanted: 'https://api.example.com',
});
test('two trusted proxies: the first of them met the client', said, {
  raw: forwarded({ For: '192.0.2.1, 10.0.0.2', Host: 'evil.example, api.example.com, inner.example', Proto: 'https' }),
  wanted: 'https://api.example.com',
});
test('nothing is taken that a document would have to escape', said, {
  raw: forwarded({ Proto: 'javascript', Host: 'a"b', Port: '8x', Prefix: '/a"b' }),
  wanted: 'http://gw.example:8080',
});
test('a prefix with two slashes is no path', said, {
  raw: forwarded({ Prefix: '//evil.example' }),
  wanted: 'http://gw.example:8080',
});
