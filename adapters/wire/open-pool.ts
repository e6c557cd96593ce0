// A pool from a destination's settings; http and soap destinations share it.
import { Pool } from './pool.ts';
import type { Tls } from './tls.ts';

export interface NetworkSettings {
  readonly url: string;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly keepAlive: boolean;
}

/** `tls`: null for a url that is not https. */
export const openPool = (settings: NetworkSettings, tls: Tls | null): Pool => {
  const { hostname, port } = new URL(settings.url);
  const secure = tls !== null;
  return new Pool({
    address: { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (secure ? 443 : 80) : Number(port), tls },
    connectTimeout: settings.connectTimeout,
    timeout: settings.timeout,
    keepAlive: settings.keepAlive,
  });
};
