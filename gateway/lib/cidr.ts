// Addresses as eight groups of 16 bits, IPv4 as its mapped form, so that one comparison serves both families.
import { isIPv4, isIPv6 } from 'node:net';

type Groups = readonly number[];

/** Groups of an address, `::ffff:a.b.c.d` for IPv4; null for what is no address. A zone (`%eth0`) is left out. */
export const parseAddress = (text: string): Groups | null => {
  if (isIPv4(text)) return [0, 0, 0, 0, 0, 0xffff, ...pair(text)];
  if (!isIPv6(text)) return null;
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  const [head = '', tail] = bare.split('::');
  const before = groupsOf(head);
  if (tail === undefined) return before;
  const after = groupsOf(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
};

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').flatMap((part) => (part.includes('.') ? pair(part) : [Number.parseInt(part, 16)]));

/** The two groups of a dotted quad. */
const pair = (quad: string): [number, number] => {
  const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
};

interface Network {
  readonly groups: Groups;
  /** Bits that count, 0 … 128. */
  readonly bits: number;
}

/**
 * Compiles networks such as `10.0.0.0/8`, `2001:db8::/32` or a lone address to a test of addresses; what is no address is in
 * none of them. Throws a plain Error that names the first text that is no network: configuration is checked before it gets here.
 */
export const networks = (texts: readonly string[]): ((address: string) => boolean) => {
  const all = texts.map(parseNetwork);
  if (all.length === 0) return () => false;
  return (address) => {
    const groups = parseAddress(address);
    return groups !== null && all.some((network) => contains(network, groups));
  };
};

const parseNetwork = (text: string): Network => {
  const [address = '', length, ...rest] = text.split('/');
  const groups = address.includes('%') ? null : parseAddress(address);
  const most = isIPv4(address) ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && bits <= most);
  if (groups === null || !isLength || rest.length > 0) {
    throw new Error(
      `"${text}" is no network; expected an address with an optional length, such as 10.0.0.0/8 or fd00::/8`,
    );
  }
  return { groups, bits: bits + 128 - most };
};

const contains = (network: Network, groups: Groups): boolean => {
  const whole = network.bits >> 4;
  for (let i = 0; i < whole; i++) if (network.groups[i] !== groups[i]) return false;
  const rest = network.bits & 15;
  if (rest === 0) return true;
  return ((network.groups[whole] ?? 0) ^ (groups[whole] ?? 0)) >> (16 - rest) === 0;
};
