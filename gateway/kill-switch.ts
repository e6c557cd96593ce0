// Everything to legacy, by file and by signal: works with no admin, no state store and a broken config (decision 20).
import { readFile } from 'node:fs/promises';
import type { Events } from './events.ts';
import { everything, parseKillFile } from './traffic/kill.ts';

export interface KillSwitch {
  /** What is killed now: `*`, route names, `route.operation`. */
  readonly killed: ReadonlySet<string>;
  /** SIGUSR2: all to legacy, and back. */
  toggle(): Promise<void>;
  stop(): void;
}

export interface KillSettings {
  /** Null: only the signal. */
  readonly file: string | null;
  readonly events: Events;
  readonly now: () => number;
  /** Asks for a table that knows. */
  readonly changed: (killed: boolean) => Promise<boolean>;
  /** Milliseconds between two looks at the file. */
  readonly interval?: number;
}

/** Resolves once the file was looked at for the first time. A file that is there but cannot be read kills everything. */
export const killSwitch = async (settings: KillSettings): Promise<KillSwitch> => {
  let bySignal = false;
  let byFile = await read(settings.file);
  let looking = false;
  const all = () => (bySignal ? new Set([everything]) : byFile);
  const tell = (killed: boolean, by: 'file' | 'signal', scope: string) =>
    settings.events.emit({ type: killed ? 'killed' : 'unkilled', at: settings.now(), by, scope });
  const look = async () => {
    if (looking) return;
    looking = true;
    try {
      const found = await read(settings.file);
      if (scopeOf(found) === scopeOf(byFile)) return;
      const [before, more] = [byFile, found.size > 0];
      byFile = found;
      // Not taken: the next look tries again.
      if (!(await settings.changed(more))) byFile = before;
      else tell(more, 'file', more ? scopeOf(found) : scopeOf(before));
    } finally {
      looking = false;
    }
  };
  const clock = settings.file === null ? null : setInterval(() => void look(), settings.interval ?? 250);
  return {
    get killed() {
      return all();
    },
    async toggle() {
      bySignal = !bySignal;
      tell(bySignal, 'signal', everything);
      await settings.changed(bySignal);
    },
    stop() {
      if (clock !== null) clearInterval(clock);
    },
  };
};

const scopeOf = (killed: ReadonlySet<string>): string => [...killed].toSorted().join(' ');

const read = async (file: string | null): Promise<ReadonlySet<string>> => {
  if (file === null) return new Set();
  try {
    return parseKillFile(await readFile(file, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Set() : new Set([everything]);
  }
};
