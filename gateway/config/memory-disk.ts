// Files that are only text: for an edit that is checked before it is saved, and for tests.
import { dirname, basename } from 'node:path';
import type { Disk } from './load.ts';

const notFound = (file: string): NodeJS.ErrnoException => Object.assign(new Error(`no ${file}`), { code: 'ENOENT' });

/** A disk that holds these files, and asks `beneath` for all others. */
export const memoryDisk = (files: Readonly<Record<string, string>>, beneath?: Disk): Disk => ({
  read: async (file) => {
    const text = Object.hasOwn(files, file) ? files[file] : await beneath?.read(file);
    if (text === undefined) throw notFound(file);
    return text;
  },
  list: async (folder) => {
    const here = Object.keys(files)
      .filter((file) => dirname(file) === folder)
      .map((file) => basename(file));
    const below = (await beneath?.list(folder)) ?? [];
    return [...new Set([...here, ...below])];
  },
});
