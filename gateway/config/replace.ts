// Puts an edited text in a file's place, so that no save of anybody else's is lost under it.
import { open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A lock this old was left behind by a process that died: nobody needs it for longer than some file operations take. */
const staleMs = 5000;
const retryMs = 5;

/**
 * Replaces the file whole, by rename, if it still holds `before`. False: somebody else has saved meanwhile, read again.
 * Other gateways on the same file wait at a lock beside it. Editors know of no lock: against them there is the comparison,
 * which leaves the microseconds between it and the rename. A link is followed: what it points at is replaced, not the link.
 */
export const replaceFile = async (file: string, before: string, after: string): Promise<boolean> => {
  const path = await realpath(file);
  const beside = (kind: string) => join(dirname(path), `.${basename(path)}.strangler-${kind}`);
  const lock = beside('lock');
  await take(lock);
  try {
    const { mode } = await stat(path);
    await writeFile(beside('flip'), after, { mode });
    if ((await readFile(path, 'utf8')) === before) {
      await rename(beside('flip'), path);
      return true;
    }
    await rm(beside('flip'));
    return false;
  } finally {
    await rm(lock, { force: true });
  }
};

const take = async (lock: string): Promise<void> => {
  while (!(await made(lock))) {
    if (await isStale(lock)) await breakUp(lock);
    else await rest();
  }
};

/**
 * Of two that find a lock stale, the slower one must not take away the lock that the quicker one has taken since: who
 * removes it does so alone, and looks once more.
 */
const breakUp = async (lock: string): Promise<void> => {
  const turn = `${lock}-breaking`;
  if (await made(turn)) {
    if (await isStale(lock)) await rm(lock, { force: true });
    await rm(turn, { force: true });
  } else if (await isStale(turn)) await rm(turn, { force: true });
  else await rest();
};

const made = async (path: string): Promise<boolean> => {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
};

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, retryMs));

const isStale = async (lock: string): Promise<boolean> => {
  try {
    return Date.now() - (await stat(lock)).mtimeMs > staleMs;
  } catch {
    return false; // given back meanwhile
  }
};
