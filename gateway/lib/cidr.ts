// Addresses as eight groups of 16 bits, IPv4 as its mapped form, so that one comparison serves both families.
import { isIPv6 } from 'node:net';

type Groups = readonly number[];

/** Groups of an address, `::ffff:a.b.c.d` for IPv4; null for what is no address. A zone (`%eth0`) is left out. */
export const parseAddress = (text: string): Groups | null => {
  if (!text.includes(':')) {
    const quad = parseQuad(text);
    return quad === null ? null : [0, 0, 0, 0, 0, 0xffff, quad >>> 16, quad & 0xffff];
  }
  if (!isIPv6(text)) return null;
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  const gap = bare.indexOf('::');
  if (gap === -1) return groupsOf(bare);
  const before = groupsOf(bare.slice(0, gap));
  const after = groupsOf(bare.slice(gap + 2));
  while (before.length + after.length < 8) before.push(0);
  return before.concat(after);
};

const groupsOf = (text: string): number[] => {
  const groups: number[] = [];
  if (text === '') return groups;
  for (const part of text.split(':')) {
    const quad = part.includes('.') ? parseQuad(part) : null;
    if (quad === null) groups.push(Number.parseInt(part, 16));
    else groups.push(quad >>> 16, quad & 0xffff);
  }
  return groups;
};

/** A dotted quad as 32 bits, or null. By hand, because it is asked on every call of a client behind a proxy. */
const parseQuad = (text: string): number | null => {
  let quad = 0;
  let part = -1; // none of its digits seen
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit === -2 && part !== -1) {
      quad = quad * 256 + part;
      part = -1;
      dots++;
    } else if (digit >= 0 && digit <= 9 && part !== 0) {
      part = part === -1 ? digit : part * 10 + digit;
      if (part > 255) return null;
    } else return null; // no digit, or one after a leading zero, which some read as octal
  }
  return dots === 3 && part !== -1 ? quad * 256 + part : null;
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
    if (groups === null) return false;
    for (const network of all) if (contains(network, groups)) return true;
    return false;
  };
};

const parseNetwork = (text: string): Network => {
  const [address = '', length, ...rest] = text.split('/');
  const groups = address.includes('%') ? null : parseAddress(address);
  const most = address.includes(':') ? 128 : 32;
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
