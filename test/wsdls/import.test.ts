// WSDLs that others wrote: each imports, or is really broken and says how.
import test from 'ava';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectContract } from '../../adapters/soap/contract/loading/inspect.ts';
import { folder, inspect, outcomeOf, wsdls } from './outcome.ts';
import type { Outcome } from './outcome.ts';

const outcomes = JSON.parse(await readFile(join(folder, 'outcomes.json'), 'utf8')) as Readonly<Record<string, Outcome>>;
const names = wsdls();

test('every WSDL here has its outcome written down', (t) => {
  t.deepEqual(Object.keys(outcomes).toSorted(), names);
});

test('at least 40 of them are read', (t) => {
  t.true(Object.values(outcomes).filter((each) => 'operations' in each).length >= 40);
});

for (const name of names) {
  test(`${name} is imported as written down`, async (t) => {
    t.deepEqual(await outcomeOf(name), outcomes[name]);
  });
}

const readable = names.filter((name) => 'operations' in (outcomes[name] ?? {}));

test('a snapshot says what was read, in one folder', async (t) => {
  for (const name of readable) {
    const { snapshot, contract } = await inspect(name);
    const kept = await mkdtemp(join(tmpdir(), 'snapshot-'));
    t.teardown(() => rm(kept, { recursive: true }));
    for (const file of snapshot) await writeFile(join(kept, file.name), file.text);
    const again = await inspectContract(join(kept, snapshot[0]?.name ?? ''), { allowHosts: [] });
    t.is(again.contract.hash, contract.hash, name);
  }
});
