// A pool from a destination's settings; http and soap destinations share it.
import { Pool, type PoolSettings } from './pool.ts';
import type { Tls } from './tls.ts';

export interface NetworkSettings {
  readonly url: string;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly keepAlive: boolean;
  /** As PoolSettings has it. */
  readonly outOfFiles?: (() => void) | undefined;
}

/** `tls`: null for a url that is not https. */
export const openPool = (settings: NetworkSettings, tls: Tls | null): Pool => new Pool(poolSettings(settings, tls));

/** The same, for whoever opens it. */
export const poolSettings = (settings: NetworkSettings, tls: Tls | null): PoolSettings => {
  const { hostname, port } = new URL(settings.url);
  const secure = tls !== null;
  return {
    address: { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (secure ? 443 : 80) : Number(port), tls },
    connectTimeout: settings.connectTimeout,
    timeout: settings.timeout,
    keepAlive: settings.keepAlive,
    outOfFiles: settings.outOfFiles,
  };
};
