import test from 'ava';
import { assert, asyncProperty, integer } from 'fast-check';
import { enveloped } from '../../../../test/helpers/contracts.ts';
import { xmlOf } from '../../../../test/helpers/generated-xml.ts';
import { lawNames, loadLaw } from '../../../../test/helpers/law-contracts.ts';
import { decodeRequest } from '../codec.ts';
import { writtenInTurns } from './write-turn.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 100);

const laws = await Promise.all(lawNames.map(async (law) => ({ law, contract: (await loadLaw(law)).contract })));

for (const { law, contract } of laws) {
  for (const operation of contract.operations.values()) {
    const { messages, input } = operation;
    if (messages === null || input === null) continue;
    test(`slices of any length write what one go writes: ${law}, ${operation.name}`, async (t) => {
      await assert(
        asyncProperty(integer({ min: 1, max: 2 ** 31 - 1 }), integer({ min: 0, max: 60 }), async (seed, stride) => {
          const xml = enveloped(xmlOf(input.name, input, { types: contract.types, seed }));
          const json = decodeRequest(operation, Buffer.from(xml), 'text/xml').input;
          const write = (): string => messages.request.write(json);
          t.is(await writtenInTurns(write, Infinity, { turn: 0, stride }), write());
        }),
        { numRuns },
      );
    });
  }
}
