// Large contracts exist; a flip must not wait for one, and no step of compiling may grow with the square of it.
import test from 'ava';
import { join } from 'node:path';
import { generatedWsdl } from '../../../test/helpers/generated-wsdl.ts';
import { folderWith } from '../../../test/helpers/wsdl.ts';
import { loadContract } from './contract.ts';

test('1 000 operations, each with types of its own, compile in a moment', async (t) => {
  const file = join(await folderWith(t, { 'service.wsdl': generatedWsdl(1_000) }), 'service.wsdl');
  const before = process.threadCpuUsage(); // what others do on this machine is no matter
  const contract = await loadContract(file);
  const { user, system } = process.threadCpuUsage(before);
  const took = (user + system) / 1000;
  t.is([...contract.operations.values()].filter((each) => each.passThroughOnly === null).length, 1_000);
  // 2 s is the promise (bench/compile.ts measures); three times that, for a slower machine.
  t.true(took < 6_000, `${Math.round(took)} ms`);
});
