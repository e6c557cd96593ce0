// Which address a call counts under. What a client says about itself is believed only where a proxy we trust said it.
import type { Call } from '../../adapters/adapter.ts';
import { parseAddress } from '../lib/cidr.ts';
import { forwardedHops } from './forwarded.ts';

/**
 * Address of the client: the peer's, or, while that address belongs to a trusted proxy, the next one to the left in
 * X-Forwarded-For, or in Forwarded. What stands left of the first untrusted address was written by that client and is not looked at.
 */
export const clientIp = (call: Call, trusts: (address: string) => boolean): string => {
  let address = call.client.address;
  if (!trusts(address)) return address;
  const hops = forwardedFor(call.head.raw);
  for (let i = hops.length - 1; i >= 0 && trusts(address); i--) {
    const hop = bareAddress(hops[i] ?? '');
    if (hop === null) return address; // `unknown` or garbage: nobody vouches for what is further left
    address = hop;
  }
  return address;
};

/** Proxies in a row, from the peer on, that we trust: as many have added to what is forwarded. */
export const trustedHops = (call: Call, trusts: (address: string) => boolean): number => {
  if (!trusts(call.client.address)) return 0;
  const hops = forwardedFor(call.head.raw);
  let count = 1;
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = bareAddress(hops[i] ?? '');
    if (hop === null || !trusts(hop)) break;
    count++;
  }
  return count;
};

/**
 * The text under which an address counts, and what `include` and `exclude` must hold: IPv4 dotted (mapped ones too), IPv6 as
 * its /64 in four full groups, such as `2001:db8:0:7::/64`, since one household may use all of it. Other text stays as it is.
 */
export const ipKey = (address: string): string => {
  if (!address.includes(':')) return address;
  const groups = parseAddress(address);
  if (groups === null) return address;
  const [a = 0, b = 0, c = 0, d = 0, , mark, high = 0, low = 0] = groups;
  if (a + b + c + d + (groups[4] ?? 0) === 0 && mark === 0xffff) {
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/64`;
};

/** All lines in order: a proxy may add its own line instead of extending the client's, and the last word is the nearest proxy's. */
const forwardedFor = (raw: readonly string[]): string[] => {
  const hops: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === 'x-forwarded-for') hops.push(...(raw[i + 1] ?? '').split(','));
  }
  return hops.length > 0 ? hops : forwardedHops(raw).map((hop) => hop.for ?? '');
};

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const bareAddress = (text: string): string | null => {
  const hop = text.trim();
  const bare = /^\[(.+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
  return parseAddress(bare) === null ? null : bare;
};
