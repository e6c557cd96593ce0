// One question: how long does a contract take from its file to ready codecs? The promise is 1 000 operations in under 2 s.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContract } from '../adapters/soap/contract/contract.ts';
import { generatedWsdl } from '../test/helpers/generated-wsdl.ts';
import { median } from './parts/figures.ts';

const folder = await mkdtemp(join(tmpdir(), 'compile-'));
try {
  const file = join(folder, 'service.wsdl');
  for (const count of [1, 10, 100, 1_000, 2_000]) {
    const text = generatedWsdl(count);
    await writeFile(file, text);
    const took: number[] = [];
    for (let run = 0; run < 7; run += 1) {
      const began = performance.now();
      await loadContract(file);
      took.push(performance.now() - began);
    }
    const first = Math.round(took[0] ?? 0);
    process.stdout.write(
      `${count} operations, ${Math.round(text.length / 1024)} KiB: ${Math.round(median(took))} ms (first ${first} ms)\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
