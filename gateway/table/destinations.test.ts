import test from 'ava';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { goldenContract } from '../../test/helpers/contracts.ts';
import { reopen } from './destinations.ts';
import type { DestinationSettings } from '../../adapters/adapter.ts';
import type { ExecutionContext } from 'ava';

const rig = async (t: ExecutionContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'destinations-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp(goldenContract('orders-split'), folder, { recursive: true });
  const settings: DestinationSettings = {
    adapter: 'soap',
    url: 'http://127.0.0.1:1/',
    connectTimeout: 1_000,
    timeout: 1_000,
    host: 'client',
    keepAlive: true,
    wsdl: join(folder, 'OrderService.wsdl'),
  };
  const all = new Map([['old', settings]]);
  return { all, first: await reopen(all, new Map(), adapters) };
};

test('a destination that nothing changed is kept', async (t) => {
  const { all, first } = await rig(t);
  const { opened } = await reopen(all, first.opened, adapters);
  t.is(opened.get('old'), first.opened.get('old'));
});

test('a change in a document that the WSDL imports makes its destination anew', async (t) => {
  const { all, first } = await rig(t);
  const files = first.opened.get('old')?.destination.files ?? [];
  t.is(files.length, 5);
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}<!-- -->`);
    const { opened } = await reopen(all, first.opened, adapters);
    t.not(opened.get('old'), first.opened.get('old'), basename(file));
    await writeFile(file, text);
  }
});

test('a contract that became unreadable is told, and says which file', async (t) => {
  const { all, first } = await rig(t);
  const [file = ''] = first.opened.get('old')?.destination.files ?? [];
  await rm(file);
  const { opened, failed } = await reopen(all, first.opened, adapters);
  t.is(opened.size, 0);
  t.regex(failed[0]?.message ?? '', /\?wsdl=wsdl0: not here; expected it saved beside, as wsdl0\.wsdl/);
});
