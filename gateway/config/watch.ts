// Sees every save of the file, however it is made: written in place, renamed over, or swapped by a link as Kubernetes does it.
// Folders are watched, for a watched file is lost when it is replaced; and every 250 ms all files are looked at, for
// watching fails silently on network file systems and at the system's limit of watches. Content decides, not time stamps.
import { watch as watchFolder } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { absent, Fingerprints } from './fingerprint.ts';

export interface WatchTimes {
  /** Between two looks; milliseconds. */
  readonly interval: number;
  /** How long files must have been still; a save that is under way is not taken half. */
  readonly settle: number;
  /** After this long they are taken as they are. */
  readonly longest: number;
}

const usual: WatchTimes = { interval: 250, settle: 50, longest: 400 };

/**
 * Calls `onChange` once the content of a file has changed and settled; calls never overlap. `files` is asked at every look,
 * so that a new table may bring files of its own; a folder stands for the YAML files in it. Start watching before the first
 * load: what changes in between is then told. What `onChange` throws goes to `onError`. The answer resolves when the first
 * look is done, to the function that ends the watch.
 */
export const watch = async (
  files: () => readonly string[],
  onChange: () => void | Promise<void>,
  { onError = warn, ...times }: { onError?: (error: unknown) => void } & Partial<WatchTimes> = {},
): Promise<() => void> => {
  const watching = new Watching({ files, onChange, onError, times: { ...usual, ...times } });
  await watching.start();
  return () => watching.stop();
};

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error));

interface Parts {
  readonly files: () => readonly string[];
  readonly onChange: () => void | Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly times: WatchTimes;
}

type Prints = ReadonlyMap<string, string>;

class Watching {
  readonly #parts: Parts;
  readonly #fingerprints = new Fingerprints();
  readonly #folders = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;
  #isStopped = false;
  /** What `onChange` was last called for. */
  #told: Prints = new Map();
  /** What the last look saw. */
  #last: Prints = new Map();
  /** When a change was first seen that has not been told; null: nothing is waiting. */
  #since: number | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#told = this.#last = await this.#fingerprints.take(this.#parts.files());
    if (this.#isStopped) return;
    this.#watchFolders();
    this.#plan(this.#parts.times.interval);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #plan(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#look().catch(this.#parts.onError);
    }, ms);
    this.#timer.unref();
  }

  /** A folder has stirred: look soon, but not before a save has had the time to end. */
  readonly #stir = (): void => {
    if (!this.#isLooking && this.#since === null) {
      this.#since = performance.now();
      this.#plan(this.#parts.times.settle);
    }
  };

  async #look(): Promise<void> {
    this.#isLooking = true;
    const { interval, settle } = this.#parts.times;
    let next = interval;
    try {
      const prints = await this.#fingerprints.take(this.#parts.files());
      this.#adopt(prints);
      if (areEqual(prints, this.#told)) this.#since = null;
      else if (this.#isSettled(prints)) {
        await this.#tell(prints);
        // At once: files that the change has brought count from now on.
        next = 0;
      } else next = settle;
      this.#last = prints;
      this.#watchFolders();
    } catch (error) {
      this.#parts.onError(error);
    } finally {
      this.#isLooking = false;
      this.#plan(next);
    }
  }

  /** Files that a new table brought were read by its load just now: they are no change. */
  #adopt(prints: Prints): void {
    const told = new Map<string, string>();
    for (const [path, print] of prints) told.set(path, this.#told.get(path) ?? print);
    this.#told = told;
  }

  /** Still since the last look; a file that is gone may be in the middle of a save, and gets all the time there is. */
  #isSettled(prints: Prints): boolean {
    this.#since ??= performance.now();
    if (performance.now() - this.#since >= this.#parts.times.longest) return true;
    const isGone = [...prints].some(([path, print]) => print === absent && this.#told.get(path) !== absent);
    return !isGone && areEqual(prints, this.#last);
  }

  async #tell(prints: Prints): Promise<void> {
    this.#told = prints;
    this.#since = null;
    if (!this.#isStopped) await this.#parts.onChange();
  }

  /** One watch a folder that holds a file. Where that fails, the looks every interval still see everything. */
  #watchFolders(): void {
    if (this.#isStopped) return;
    const isFolder = (path: string): boolean => this.#last.get(path)?.startsWith('folder') === true;
    const wanted = new Set(
      this.#parts.files().flatMap((path) => (isFolder(path) ? [dirname(path), path] : [dirname(path)])),
    );
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watchFolder(folder, { persistent: false }, this.#stir);
      this.#folders.set(folder, watcher);
      watcher.on('error', () => {
        watcher.close();
        this.#folders.delete(folder);
      });
    } catch {
      // No such folder yet, or no watches left: the next look tries again.
    }
  }
}

const areEqual = (one: Prints, other: Prints): boolean =>
  one.size === other.size && [...one].every(([path, print]) => other.get(path) === print);
