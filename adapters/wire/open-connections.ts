// Connections from a destination's settings; http and soap destinations share it.
import type { HealthSettings } from '../adapter.ts';
import { openPool, poolSettings, type NetworkSettings } from './open-pool.ts';
import { Origins } from './origins.ts';
import { outOfFiles } from './out-of-files.ts';
import type { Pool } from './pool.ts';
import { openTls, type OverTls, type Tls } from './tls.ts';

export type Connections = Pool | Origins;

export interface Opening extends NetworkSettings, OverTls {
  /** The first is `url`. Absent: that is the only one. */
  readonly urls?: readonly string[] | undefined;
  readonly health?: HealthSettings | undefined;
}

export interface Opened {
  readonly connections: Connections;
  /** Of each url; one where `connections` is a pool. */
  readonly ways: readonly Way[];
  /** Null: nobody looks how it fares. */
  readonly origins: Origins | null;
  /** For who connects by other means: no file descriptor was left. */
  readonly outOfFiles: () => void;
}

export interface Way {
  readonly url: string;
  /** Null: plain. */
  readonly tls: Tls | null;
}

/** What holds where a destination of several urls says nothing of its health. */
export const usualVitals = { ejectAfter: 5, ejectFor: 5000, slowStart: 10_000 } as const;

/** One url that nobody asked to look after is a pool and nothing more. Rejects with a SettingError. */
export const openConnections = async (opening: Opening, tell: (what: string) => void): Promise<Opened> => {
  const lacking = outOfFiles(tell, () => performance.now());
  const settings = { ...opening, outOfFiles: lacking };
  const { urls = [settings.url], health } = settings;
  const ways = await Promise.all(urls.map(async (url) => ({ url, tls: await openTls({ ...settings, url }, tell) })));
  if (ways.length === 1 && health === undefined) {
    const connections = openPool(settings, ways[0]!.tls);
    return { connections, ways, origins: null, outOfFiles: lacking };
  }
  const { ejectAfter, ejectFor, slowStart } = health ?? usualVitals;
  const pools = ways.map(({ url, tls }) => poolSettings({ ...settings, url }, tls));
  const chances = { now: () => performance.now(), chance: Math.random };
  const origins = new Origins({ pools, vitals: { ejectAfter, ejectFor, slowStart } }, chances);
  return { connections: origins, ways, origins, outOfFiles: lacking };
};
