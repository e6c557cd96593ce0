import test from 'ava';
import * as fc from 'fast-check';
import { decodeReply, decodeRequest, encodeFault, encodeReply, encodeRequest } from './codec.ts';
import { wcf } from './dialect.ts';
import { enveloped, loadOrders, loadShapes } from '../../../test/helpers/contracts.ts';
import { jsonObjectOf, jsonOf, naiveXml, repliesOf } from '../../../test/helpers/instances.ts';
import { xmlForm } from '../../../test/helpers/xml-form.ts';
import type { SoapVersion } from './xml/namespaces.ts';
import type { ElementDeclaration } from './schema/types.ts';
import type { Json } from '../../adapter.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300);
const contracts = await Promise.all([loadOrders(), loadShapes()]);
const operations = contracts.flatMap((contract) => Array.from(contract.operations.values()));
const types: Record<SoapVersion, string> = { '1.1': 'text/xml; charset=utf-8', '1.2': 'application/soap+xml' };
const version = fc.constantFrom<SoapVersion>('1.1', '1.2');
const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 });

/** Numbers from 0 to 1 that the seed alone decides (a linear congruence). */
const chances = (start: number): (() => number) => {
  let state = start;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** Values of a message's element; wrappers are objects even where they look like lists. */
const valuesOf = (declared: ElementDeclaration, isWrapped: boolean): fc.Arbitrary<Json> =>
  isWrapped && declared.type.kind === 'complex' ? jsonObjectOf(declared.type) : jsonOf(declared);

for (const operation of operations) {
  test(`${operation.name}: requests survive the way to JSON and back, however they are written`, (t) => {
    const { input } = operation;
    if (input === null) {
      t.deepEqual(decodeRequest(operation, Buffer.from(enveloped('')), types['1.1']).input, {});
      return;
    }
    fc.assert(
      fc.property(valuesOf(input, true), version, seed, (json, of, start) => {
        const xml = enveloped(naiveXml(input.name, input, json, chances(start)), { version: of });
        const decoded = decodeRequest(operation, Buffer.from(xml), types[of]);
        const again = encodeRequest(operation, decoded.input, { version: of, dialect: wcf });
        t.is(xmlForm(bodyOf(again.toString())), xmlForm(bodyOf(xml)));
        t.deepEqual(decodeRequest(operation, again, types[of]).input, decoded.input);
        t.deepEqual(decoded.input, json);
      }),
      { numRuns },
    );
  });

  if (operation.output === null) continue;
  test(`${operation.name}: replies survive the way to XML and back`, (t) => {
    fc.assert(
      fc.property(repliesOf(operation), version, (json, of) => {
        const bytes = encodeReply(operation, json, { version: of, dialect: wcf });
        t.deepEqual(decodeReply(operation, bytes, types[of]), { kind: 'value', json });
      }),
      { numRuns },
    );
  });

  for (const [name, fault] of operation.messages?.faults ?? []) {
    test(`${operation.name}: ${name} stays the typed fault it is`, (t) => {
      fc.assert(
        fc.property(jsonOf(fault.declared), version, (json, of) => {
          const sent = { name, detail: json, message: 'gone & <lost>' };
          const bytes = encodeFault(operation, sent, { version: of, dialect: wcf });
          t.deepEqual(decodeReply(operation, bytes, types[of]), { kind: 'fault', fault: sent });
        }),
        { numRuns },
      );
    });
  }
}

const bodyOf = (xml: string): string => /<\w+:Body>(.*)<\/\w+:Body>/s.exec(xml)?.[1] ?? '<none/>';
