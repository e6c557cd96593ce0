// Writes what docs/reference holds from the code that it describes: `npm run docs`. A test fails when it is stale.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editorSchema } from '../gateway/config/json-schema.ts';
import { configReference } from '../gateway/config/reference.ts';
import { metricsReference } from '../gateway/telemetry/reference.ts';

/** Text by file, relative to this folder. */
export const generated = (): ReadonlyMap<string, string> =>
  new Map([
    ['reference/routes.schema.json', `${JSON.stringify(editorSchema(), null, 2)}\n`],
    ['reference/config.md', configReference()],
    ['reference/metrics.md', metricsReference()],
  ]);

if (import.meta.main) {
  for (const [file, text] of generated()) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
