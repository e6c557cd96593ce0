// The header by which a balancer tells whose connection it passes on: PROXY protocol, versions 1 and 2 (haproxy.org, 2020).
import { isIPv4, isIPv6 } from 'node:net';

/** `more`: not all of it is here. `none`: what came is no such header. `address` null: the balancer speaks for itself. */
export type ProxyHeader =
  | { readonly is: 'more' }
  | { readonly is: 'none'; readonly why: string }
  | { readonly is: 'header'; readonly length: number; readonly address: string | null };

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const more: ProxyHeader = { is: 'more' };
/** A version 2 header's address and what may follow it; more is nobody's. */
const longest = 4096;

export const readProxyHeader = (bytes: Buffer): ProxyHeader => {
  const known = Math.min(bytes.length, signature.length);
  if (bytes.subarray(0, known).equals(signature.subarray(0, known))) return bytes.length < 16 ? more : version2(bytes);
  const start = bytes.subarray(0, 6).toString('latin1');
  return 'PROXY '.startsWith(start) ? version1(bytes) : none('it does not begin with one');
};

const none = (why: string): ProxyHeader => ({ is: 'none', why });

/** At most 107 bytes, line end and all. */
const version1 = (bytes: Buffer): ProxyHeader => {
  const end = bytes.subarray(0, 107).indexOf('\r\n');
  if (end === -1) return bytes.length < 107 ? more : none('its line does not end');
  const line = bytes.subarray(0, end).toString('latin1');
  const length = end + 2;
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { is: 'header', length, address: null };
  const [, family, source = '', destination = '', ...ports] =
    /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line) ?? [];
  const isAddress = family === '4' ? isIPv4 : isIPv6;
  if (family === undefined || !isAddress(source) || !isAddress(destination) || !ports.every(isPort))
    return none('its line is malformed');
  return { is: 'header', length, address: source };
};

const isPort = (text: string): boolean => Number(text) <= 65_535 && !/^0\d/.test(text);

const version2 = (bytes: Buffer): ProxyHeader => {
  const [command, family, size] = [bytes[12]!, bytes[13]!, bytes.readUInt16BE(14)];
  if (command >> 4 !== 2 || (command & 15) > 1) return none('its version or command is not known');
  if (size > longest) return none('it is too long');
  const length = 16 + size;
  if (bytes.length < length) return more;
  // LOCAL: the balancer's own health check. A family that is none of IP's says nothing of use.
  const [isLocal, kind] = [(command & 15) === 0, family >> 4];
  if (isLocal || kind === 0 || kind === 3) return { is: 'header', length, address: null };
  if (kind === 1 && size >= 12) return { is: 'header', length, address: bytes.subarray(16, 20).join('.') };
  if (kind === 2 && size >= 36) return { is: 'header', length, address: ipv6(bytes.subarray(16, 32)) };
  return none('its addresses are malformed');
};

/** `::ffff:192.0.2.1` is written as the IPv4 address that it is. */
const ipv6 = (bytes: Buffer): string => {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2));
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? bytes.subarray(12).join('.') : groups.map((group) => group.toString(16)).join(':');
};
