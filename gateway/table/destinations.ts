// Destinations outlive tables: what a flip does not change keeps its connections.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Adapters, Destination, DestinationSettings } from '../../adapters/adapter.ts';
import { SettingError } from '../../adapters/errors.ts';
import { filesOf } from '../config/absolute.ts';
import type { GatewayEvent } from '../events.ts';

export interface Opened {
  readonly destination: Destination;
  /** Settings and, where there is one, the content of the WSDL and of what it imports: what has to be equal for it to be kept. */
  readonly fingerprint: string;
}
export type OpenedByName = ReadonlyMap<string, Opened>;

export interface Reopened {
  readonly opened: OpenedByName;
  /** What could not be opened: where in the file that is said, and a sentence that says why. */
  readonly failed: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** Opens what is new or changed, keeps the rest. Never rejects. `tell`: what whoever runs the gateway should know of a destination. */
export const reopen = async (
  settings: ReadonlyMap<string, DestinationSettings>,
  before: OpenedByName,
  adapters: Adapters,
  tell: (name: string, what: string) => void = () => undefined,
): Promise<Reopened> => {
  const opened = new Map<string, Opened>();
  const failed: { path: readonly string[]; message: string }[] = [];
  for (const [name, wanted] of settings) {
    try {
      const known = before.get(name);
      if (known !== undefined && known.fingerprint === (await fingerprintOf(wanted, known.destination.files))) {
        opened.set(name, known);
        continue;
      }
      const destination = await adapters.open(name, wanted, (what) => tell(name, what));
      opened.set(name, { destination, fingerprint: await fingerprintOf(wanted, destination.files) });
    } catch (error) {
      const below = error instanceof SettingError ? error.key : [];
      failed.push({ path: ['destinations', name, ...below], message: (error as Error).message });
    }
  }
  return { opened, failed };
};

const fingerprintOf = async (settings: DestinationSettings, imported: readonly string[]): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify(settings, connected));
  for (const file of [...filesOf(settings), ...imported]) {
    hash.update(`\n${file}\n`);
    hash.update(await readFile(file).catch(() => 'gone'));
  }
  return hash.digest('hex');
};

/** What stands before a destination changes no connection. */
const guards: ReadonlySet<string> = new Set(['breaker', 'maxInFlight', 'queue']);
const connected = (key: string, value: unknown): unknown => (guards.has(key) ? undefined : value);

/** Closes what was open before and is no more; calls under way end by themselves. */
export const retire = (before: OpenedByName, after: OpenedByName): void => {
  for (const [name, { destination, fingerprint }] of before) {
    if (after.get(name)?.fingerprint !== fingerprint) destination.close();
  }
};

export const sameOpened = (before: OpenedByName, after: OpenedByName): boolean =>
  before.size === after.size &&
  [...after].every(([name, { fingerprint }]) => before.get(name)?.fingerprint === fingerprint);

type UrlChanged = Omit<Extract<GatewayEvent, { type: 'url-changed' }>, 'type' | 'at'>;

/** Probes what serves, and nothing else. `tell`: a url is left out, or is back. */
export const lookAfter = (opened: OpenedByName, tell: (change: UrlChanged) => void): void => {
  for (const [name, { destination }] of opened)
    destination.health?.start((change) => tell({ destination: name, ...change }));
};
