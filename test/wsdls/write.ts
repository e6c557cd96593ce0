// Writes outcomes.json anew. Read the difference before you commit it: each line is a promise to whoever imports.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder, outcomeOf, wsdls } from './outcome.ts';

const outcomes: Record<string, unknown> = {};
for (const path of wsdls()) outcomes[path] = await outcomeOf(path);
await writeFile(join(folder, 'outcomes.json'), `${JSON.stringify(outcomes, null, 2)}\n`);
