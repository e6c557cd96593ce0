import { readFileSync } from 'node:fs';

/** Of the package, from its own package.json: two levels up from dist/, one from the sources. */
export const version = ((): string => {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
})();
