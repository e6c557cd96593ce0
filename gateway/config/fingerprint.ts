// What a file holds, in a few characters, so that "has it changed" is one comparison.
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What was last seen of a file; its hash holds as long as its stat does. */
interface Seen {
  readonly stat: string;
  readonly hash: string;
}

export const absent = 'absent';

/** A clock of a file system may stand still for this long: a stat this fresh does not vouch for the content. */
const freshMs = 2000;

export class Fingerprints {
  #seen = new Map<string, Seen>();

  /**
   * By path: what it holds, or `absent`. A folder holds its YAML files. Links are followed to the end, so that a swapped
   * `..data` of a Kubernetes ConfigMap counts as a change of the files behind it. Never rejects.
   */
  async take(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const seen = new Map<string, Seen>();
    const prints = new Map<string, string>();
    for (const path of new Set(paths)) prints.set(path, await this.#print(path, seen));
    this.#seen = seen;
    return prints;
  }

  async #print(path: string, seen: Map<string, Seen>): Promise<string> {
    try {
      const found = await stat(path, { bigint: true });
      return found.isDirectory() ? await this.#folder(path, seen) : await this.#file(path, found, seen);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      return code === 'ENOENT' || code === 'ENOTDIR' ? absent : `unreadable: ${String(code)}`;
    }
  }

  async #folder(path: string, seen: Map<string, Seen>): Promise<string> {
    const names = (await readdir(path)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).toSorted();
    const prints: string[] = [];
    for (const name of names) prints.push(`${name}=${await this.#print(join(path, name), seen)}`);
    // An empty folder says as much as none.
    return prints.length === 0 ? absent : `folder: ${prints.join(', ')}`;
  }

  async #file(path: string, found: BigIntStats, seen: Map<string, Seen>): Promise<string> {
    const now = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const before = this.#seen.get(path);
    const isFresh = Date.now() - Number(found.mtimeMs) < freshMs;
    const hash =
      before?.stat === now && !isFresh
        ? before.hash
        : createHash('sha256')
            .update(await readFile(path))
            .digest('base64url');
    seen.set(path, { stat: now, hash });
    return hash;
  }
}
