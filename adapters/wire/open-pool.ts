// A pool from a destination's settings; http and soap destinations share it.
import { Pool } from './pool.ts';

export interface NetworkSettings {
  readonly url: string;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly keepAlive: boolean;
  readonly maxInFlight?: number | undefined;
}

export const openPool = (settings: NetworkSettings): Pool => {
  const { protocol, hostname, port } = new URL(settings.url);
  const secure = protocol === 'https:';
  return new Pool({
    address: { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (secure ? 443 : 80) : Number(port), secure },
    connectTimeout: settings.connectTimeout,
    timeout: settings.timeout,
    keepAlive: settings.keepAlive,
    maxInFlight: settings.maxInFlight ?? null,
  });
};
