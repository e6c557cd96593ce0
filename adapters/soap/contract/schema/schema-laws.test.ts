// The codec's laws over every kind of schema: instances are made up from the schema, a validator that others wrote says
// whether they, and what the codec writes, are valid.
import test from 'ava';
import * as fc from 'fast-check';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../codec.ts';
import { wcf } from '../dialect.ts';
import { enveloped } from '../../../../test/helpers/contracts.ts';
import { xmlOf } from '../../../../test/helpers/generated-xml.ts';
import { lawNames, loadLaw } from '../../../../test/helpers/law-contracts.ts';
import { xmlForm } from '../../../../test/helpers/xml-form.ts';
import type { ElementDeclaration } from './types.ts';
import type { LawContract } from '../../../../test/helpers/law-contracts.ts';
import type { Json } from '../../../adapter.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300);
const seeds = fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 2 }));
const type = 'text/xml; charset=utf-8';
const form = { version: '1.1', dialect: wcf } as const;

/** The one element of the schemas whose members may come in any order. */
const isAll = ({ local }: { readonly local: string }): boolean => local === 'TwiceResponse';

interface Way {
  readonly of: LawContract;
  readonly declared: ElementDeclaration;
  readonly decode: (bytes: Buffer) => Json;
  readonly encode: (json: Json) => Buffer;
}

const holds = test.macro((t, { of, declared, decode, encode }: Way) => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const xml = xmlOf(declared.name, declared, { types: of.contract.types, seed });
      t.is(of.invalid(xml), null);
      const json = decode(Buffer.from(enveloped(xml)));
      const again = encode(json);
      const written = bodyOf(again.toString());
      t.is(of.invalid(written), null);
      t.is(xmlForm(written, isAll), xmlForm(xml, isAll));
      t.deepEqual(decode(again), json);
    }),
    { numRuns },
  );
});

const laws = await Promise.all(lawNames.map(async (name) => ({ name, of: await loadLaw(name) })));

for (const { name, of } of laws) {
  for (const operation of of.contract.operations.values()) {
    const { input, output } = operation;
    if (input === null || output === null) continue;
    test(`${name}: a request to ${operation.name} survives the way to JSON and back`, holds, {
      of,
      declared: input,
      decode: (bytes) => decodeRequest(operation, bytes, type).input,
      encode: (json) => encodeRequest(operation, json, form),
    });
    test(`${name}: a reply of ${operation.name} survives the way to JSON and back`, holds, {
      of,
      declared: output,
      decode: (bytes) => {
        const reply = decodeReply(operation, bytes, type);
        if (reply.kind !== 'value') throw new Error(`a ${reply.kind}; expected a value`);
        return reply.json;
      },
      encode: (json) => encodeReply(operation, json, form),
    });
  }
}

/** What stands in the Body, with what the envelope declares. */
const bodyOf = (xml: string): string => /<s:Body>(.*)<\/s:Body>/s.exec(xml)?.[1] ?? '<none/>';
