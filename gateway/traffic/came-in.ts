// Where a call's client came in: what the addresses in metadata lead to. What a client says about itself is believed only where a
// proxy we trust said it.
import type { Call } from '../../adapters/adapter.ts';
import { trustedHops } from './client-ip.ts';
import { forwardedHops } from './forwarded.ts';

export interface Doorway {
  /** `gateway.publicUrl`, without a slash at its end; null: each call tells. */
  readonly publicUrl: string | null;
  readonly trusts: (address: string) => boolean;
}

const host = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const isScheme = /^https?$/i;
const prefix = /^(?:\/[\w.~%!$*+,;=:@-]+)+$/;

/**
 * Scheme, host and the path before all of the gateway's own, such as `https://api.example.com/soap`: `publicUrl` where there is one,
 * else what trusted proxies say in X-Forwarded-Proto, -Host, -Port and -Prefix or in Forwarded, else the call's Host. Null where a call has none, or
 * one that no URL can be made of.
 * Holds nothing that would have to be escaped in a document.
 */
export const cameIn =
  ({ publicUrl, trusts }: Doorway) =>
  (call: Call): string | null => {
    if (publicUrl !== null) return publicUrl;
    const hops = trustedHops(call, trusts);
    const met = hops === 0 ? undefined : firstTrusted(forwardedHops(call.head.raw), hops);
    const said = (name: string, form: RegExp): string | null => forwarded(call, name, hops, form);
    const scheme = said('x-forwarded-proto', isScheme) ?? fitting(met?.proto ?? null, isScheme);
    const name =
      said('x-forwarded-host', host) ?? fitting(met?.host ?? null, host) ?? fitting(call.header('host'), host);
    if (name === null) return null;
    const port = said('x-forwarded-port', /^\d{1,5}$/);
    const before = said('x-forwarded-prefix', /^\//)?.replace(/\/+$/, '') ?? '';
    const known = scheme?.toLowerCase() ?? (call.client.secure ? 'https' : 'http');
    const found = `${known}://${withPort(name, port, known)}${prefix.test(before) ? before : ''}`;
    // `999.999.999.999`, `name:99999`: written as a Host is, and leads nowhere.
    return URL.canParse(found) ? found : null;
  };

/** X-Forwarded-Host's own port counts for more: it is what the client wrote. */
const withPort = (name: string, port: string | null, scheme: string): string => {
  if (port === null || /:\d+$/.test(name)) return name;
  return port === (scheme === 'https' ? '443' : '80') ? name : `${name}:${port}`;
};

/**
 * A value of which each trusted proxy may have written one, the nearest last: the first that a trusted one wrote. Null where no
 * trusted proxy is there, or the value is nothing of the kind.
 */
const forwarded = (call: Call, name: string, hops: number, form: RegExp): string | null => {
  if (hops === 0) return null;
  const values: string[] = [];
  const { raw } = call.head;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === name) values.push(...(raw[i + 1] ?? '').split(','));
  }
  return fitting(firstTrusted(values, hops) ?? null, form);
};

/** Each of `hops` proxies that we trust has written one, if it wrote any. */
const firstTrusted = <T>(values: readonly T[], hops: number): T | undefined =>
  values[Math.max(0, values.length - hops)];

const fitting = (value: string | null, form: RegExp): string | null => {
  const text = value?.trim() ?? '';
  return form.test(text) ? text : null;
};
