// Probes over connections of their own: they neither wait for calls nor take their place.
import type { Deadline, HealthSettings, HeaderEdit, Raw } from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import { noBody } from './bytes.ts';
import { CallDeadline } from './deadline.ts';
import { headerOf } from './headers.ts';
import type { NetworkSettings } from './open-pool.ts';
import { poolSettings } from './open-pool.ts';
import type { Way } from './open-connections.ts';
import type { Origins } from './origins.ts';
import { Pool } from './pool.ts';
import { Prober, type Probe, type Probed } from './prober.ts';
import { relay } from './relay.ts';

/** Asks one url; rejects where that fails. */
export type Asking = (pool: Pool, url: string) => (deadline: Deadline) => Promise<Probed>;

export interface Probing {
  readonly origins: Origins;
  readonly ways: readonly Way[];
  readonly settings: NetworkSettings;
  readonly health: HealthSettings;
}

/** From now on each url is asked as soon as its destination is started. */
export const probing = ({ origins, ways, settings, health }: Probing, asking: Asking): void => {
  const { timeout } = health;
  const probers = ways.map(({ url, tls }, i) => {
    const own = { ...settings, url, timeout, connectTimeout: timeout, keepAlive: false };
    const probe = inTime(timeout, asking(new Pool(poolSettings(own, tls)), url));
    return new Prober(health, origins.all[i]!.vitals, { probe, chance: Math.random });
  });
  origins.probe(probers);
};

const inTime =
  (ms: number, ask: (deadline: Deadline) => Promise<Probed>): Probe =>
  async () => {
    const deadline = new CallDeadline(performance.now() + ms);
    const late = new AdapterError('ERR_TIMEOUT', `no answer within ${ms} ms`);
    const timer = setTimeout(() => deadline.end(late), ms);
    try {
      return await ask(deadline);
    } catch (error) {
      if (error instanceof AdapterError && error.code === 'ERR_FILES') return null;
      return { isWell: false, what: (error as Error).message };
    } finally {
      clearTimeout(timer);
    }
  };

export interface PathAsked {
  readonly path: string;
  readonly expect: readonly string[];
  /** Who the gateway is to it. */
  readonly lines: Raw;
  readonly edit: HeaderEdit | null;
}

/** GET, of which only the status counts. */
export const askingPath =
  ({ path, expect, lines, edit }: PathAsked): Asking =>
  (pool) => {
    const raw = ['Host', pool.authority, 'Accept', '*/*', ...lines];
    const send = relay({
      pool,
      write: false,
      retarget: (target) => target,
      host: pool.authority,
      request: edit,
      verdict: () => ({ blame: 'nobody' }),
    });
    const head = { method: 'GET', target: path, http: '1.1', raw } as const;
    return async (deadline) => {
      const header = (name: string) => headerOf(raw, name);
      const client = { address: '', secure: false, certificate: () => null };
      const reply = await send({ head, body: noBody(), client, expects: null, message: null, header }, deadline);
      reply.discard?.();
      const status = String(reply.head.status);
      const isWell = expect.some((one) => one === status || (one.endsWith('xx') && one[0] === status[0]));
      return { isWell, what: `GET ${path} was answered with ${status}` };
    };
  };
