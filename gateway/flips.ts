// All changes of what serves, one after the other: files that are read again, and kills.
import { load, type Loaded } from './config/load.ts';
import { restartKeys } from './config/restart-keys.ts';
import type { Config } from './config/settle.ts';
import type { Env } from './config/substitute.ts';
import type { Problem } from './events.ts';
import { flip, type Change, type Flipping, type Serving } from './flip.ts';
import { inTurn } from './lib/in-turn.ts';
import type { OpenedByName } from './table/destinations.ts';

export interface FlipsHouse extends Flipping {
  readonly files: readonly string[];
  readonly env: Env;
  /** Said when it was started; null: the file says which, if any. */
  readonly killFile: string | null;
}

export interface Flips {
  /** What was read last, good or bad. */
  readonly loaded: Loaded | null;
  /** What serves. */
  readonly config: Config | null;
  readonly opened: OpenedByName;
  /** The file is read again. Resolves with whether it was taken; flips wait for each other. */
  reload(source: 'start' | 'file'): Promise<boolean>;
  /** The last good file, compiled anew: a kill must not wait for a file that is broken just now. */
  recompile(source: 'kill' | 'unkill'): Promise<boolean>;
}

export const flips = (house: FlipsHouse): Flips => {
  const turn = inTurn();
  let loaded: Loaded | null = null;
  let serving: Serving = { revision: 0, config: null, opened: new Map(), text: null, warnings: [] };
  const tellOfRestart = restartTeller(house);

  const take = async (change: Change): Promise<boolean> => {
    const flipped = await flip(house, serving, change);
    if ('problems' in flipped) return reject(flipped.problems);
    serving = flipped;
    return true;
  };

  const reject = (problems: readonly Problem[]): false => {
    serving = { ...serving, text: null }; // who takes a bad save back must be told that the file is good again
    house.events.emit({ type: 'config-rejected', at: house.now(), problems });
    return false;
  };

  const warn = (problems: readonly Problem[]): void => {
    if (problems.length > 0) house.events.emit({ type: 'config-warned', at: house.now(), problems });
  };

  return {
    get loaded() {
      return loaded;
    },
    get config() {
      return serving.config;
    },
    get opened() {
      return serving.opened;
    },
    reload: (source) =>
      turn(async () => {
        loaded = await load(house.files, house.env);
        const { config, problems } = loaded;
        if (config === null) return reject(problems);
        if (!(await take({ source, config, loaded }))) return false;
        tellOfRestart(config);
        warn([...problems.filter(({ severity }) => severity === 'warning'), ...serving.warnings]);
        return true;
      }),
    recompile: (source) =>
      turn(async () => {
        const { config } = serving;
        return config !== null && loaded !== null && take({ source, config, loaded });
      }),
  };
};

/** Tells when other keys wait for a restart than before; also when none does any more: what was changed has been put back. */
const restartTeller = ({ killFile, events, now }: FlipsHouse): ((config: Config) => void) => {
  let first: Config | null = null;
  let waiting: readonly string[] = [];
  return (config) => {
    first ??= config;
    const found = restartKeys(first, config);
    const keys = killFile === null ? found : found.filter((key) => key !== 'gateway.killFile');
    if (keys.join() === waiting.join()) return;
    waiting = keys;
    events.emit({ type: 'restart-needed', at: now(), keys });
  };
};
