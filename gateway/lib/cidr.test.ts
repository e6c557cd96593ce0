import { BlockList, isIPv4 } from 'node:net';
import test from 'ava';
import * as fc from 'fast-check';
import { networks, parseAddress } from './cidr.ts';

const belongs = test.macro<[string, string, boolean]>({
  exec: (t, network, address, answer) => t.is(networks([network])(address), answer),
  title: (_, network, address, answer) => `${address} is ${answer ? '' : 'not '}in ${network}`,
});
test(belongs, '10.0.0.0/8', '10.255.0.1', true);
test(belongs, '10.0.0.0/8', '11.0.0.1', false);
test(belongs, '10.0.0.0/8', '::ffff:10.1.2.3', true);
test(belongs, '::ffff:10.0.0.0/104', '10.1.2.3', true);
test(belongs, '192.0.2.7', '192.0.2.7', true);
test(belongs, '192.0.2.7', '192.0.2.6', false);
test(belongs, '0.0.0.0/0', '203.0.113.9', true);
test(belongs, '0.0.0.0/0', '2001:db8::1', false);
test(belongs, '::/0', '2001:db8::1', true);
test(belongs, '2001:db8::/33', '2001:db8:7fff::1', true);
test(belongs, '2001:db8::/33', '2001:db8:8000::1', false);
test(belongs, 'fe80::/10', 'fe80::1%eth0', true);
test(belongs, '10.0.0.0/8', 'unknown', false);
test(belongs, '10.0.0.0/8', '10.1.2.', false);
test(belongs, '10.0.0.0/8', '10.1.2.3.', false);
test(belongs, '10.0.0.0/8', '', false);

test('no networks hold nobody', (t) => t.false(networks([])('127.0.0.1')));

for (const bad of [
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0/8',
  'fd00::/129',
  'localhost',
  '10.0.0.0/-1',
  'fe80::%eth0/10',
]) {
  test(`"${bad}" is refused by name`, (t) => {
    t.throws(() => networks([bad]), { message: new RegExp(`^"${bad.replaceAll('/', '\\/')}" is no network`) });
  });
}

test('what is an IPv4 address is what Node says', (t) => {
  const part = fc.constantFrom('0', '1', '01', '255', '256', '10', '.', '.', '.', 'a', '-', ' ');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
        fc.tuple(part, part, part, part).map((parts) => parts.join('.')),
      ),
      (text) => {
        t.is(parseAddress(text) !== null, isIPv4(text), text);
      },
    ),
    { numRuns: 1000 },
  );
});

test('Node’s own BlockList agrees, for both families and every length', (t) => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (network, address, bits) => {
      const oracle = new BlockList();
      oracle.addSubnet(network, bits, 'ipv4');
      t.is(networks([`${network}/${bits}`])(address), oracle.check(address));
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.nat(128), fc.nat(127), (network, bits, flipped) => {
      const oracle = new BlockList();
      oracle.addSubnet(network, Math.max(1, bits), 'ipv6');
      const address = flip(network, flipped);
      t.is(
        networks([`${network}/${Math.max(1, bits)}`])(address),
        oracle.check(address, 'ipv6'),
        `${network}/${bits} ${address}`,
      );
    }),
    { numRuns: 300 },
  );
});

/** The same address with one bit turned over. */
const flip = (address: string, bit: number): string => {
  const groups = [...(parseAddress(address) ?? [])];
  groups[bit >> 4] = (groups[bit >> 4] ?? 0) ^ (0x8000 >> (bit & 15));
  return groups.map((group) => group.toString(16)).join(':');
};
