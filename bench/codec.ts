// One question: what does it cost to turn a reply's XML into JSON, and a request's JSON into XML? Against node-soap's client
// (its two functions alone, without HTTP) and fast-xml-parser, which knows no schema. README.md has the method.
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cpus, loadavg } from 'node:os';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { createClientAsync } from 'soap';
import { loadContract } from '../adapters/soap/contract/contract.ts';
import { decodeReply, encodeReply, encodeRequest } from '../adapters/soap/contract/codec.ts';
import { wcf } from '../adapters/soap/contract/dialect.ts';
import { lawFiles } from '../test/helpers/law-contracts.ts';
import { median, table } from './parts/figures.ts';
import type { Json } from '../adapters/adapter.ts';

const rounds = 5;
const batch = 150; // milliseconds of CPU
const sizes = { '1.5 kB': 8, '100 kB': 1_170, '1 MB': 11_700 };

interface Coder {
  readonly name: string;
  decode(xml: Buffer): unknown;
  /** Made once from what `decode` gave. */
  encoder(decoded: unknown): () => unknown;
}

// A young generation that holds one message whole, so that its garbage can be counted.
if (!process.execArgv.includes('--expose-gc')) {
  const flags = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256'];
  const { status } = spawnSync(process.execPath, [...flags, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const order = (lines: number): Json => ({
  order: {
    Amount: '1.10',
    Big: '9223372036854775807',
    Created: '2024-03-10T12:34:56.1234567+02:00',
    Customer: { $type: 'Person', Code: 'C1', Alias: null },
    Flags: ['Urgent', 'Gift'],
    Id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    Kind: 'Wholesale',
    Lines: Array.from({ length: lines }, (_, at) => ({ Sku: `SKU & ${at}`, Quantity: at })),
    Maybe: null,
    Name: 'n & <x>',
    Tags: ['a', null, ''],
    Weight: 1.5,
  },
});

const folder = await lawFiles('wcf-data-contract');
const contract = await loadContract(join(folder, 'service.wsdl'));
const client = await createClientAsync(join(folder, 'service.wsdl'), {
  handleNilAsNull: true,
  preserveWhitespace: true,
});
await rm(folder, { recursive: true });
const operation = contract.operations.get('EchoOrder');
if (operation === undefined) throw new Error('the contract has no EchoOrder');
const form = { version: '1.1', dialect: wcf } as const;
const type = 'text/xml; charset=utf-8';
const ns = 'http://contoso.example/orders';

const soapMethod = client.wsdl.definitions.portTypes['Port']?.methods['EchoOrder'] as unknown as {
  readonly input: { readonly $name: string; readonly targetNSAlias: string; readonly $type: string };
};

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, trimValues: false });
const builder = new XMLBuilder({ ignoreAttributes: false });
const coders: Coder[] = [
  {
    name: 'strangler',
    decode: (xml) => decodeReply(operation, xml, type),
    encoder: (decoded) => {
      const { json } = decoded as { json: Json };
      return () => encodeRequest(operation, { order: json }, form);
    },
  },
  {
    name: 'node-soap',
    decode: (xml) => client.wsdl.xmlToObject(xml.toString()),
    encoder: (decoded) => {
      const body = (decoded as { Body: { EchoOrderResponse: { EchoOrderResult: unknown } } }).Body;
      const args = { order: body.EchoOrderResponse.EchoOrderResult };
      const { input } = soapMethod;
      return () => client.wsdl.objectToDocumentXML(input.$name, args, input.targetNSAlias, ns, input.$type);
    },
  },
  {
    name: 'fast-xml-parser',
    decode: (xml) => parser.parse(xml.toString()) as unknown,
    encoder: (decoded) => () => builder.build(decoded),
  },
];

/** Microseconds of CPU on this thread, a call. */
const cost = (act: () => unknown): number => {
  let calls = 0;
  const start = process.threadCpuUsage();
  let used = { user: 0, system: 0 };
  do {
    act();
    calls += 1;
    used = process.threadCpuUsage(start);
  } while (used.user + used.system < batch * 1000);
  return (used.user + used.system) / calls;
};

/** Bytes of heap that one call takes, garbage included. */
const heap = (act: () => unknown): number => {
  const samples = Array.from({ length: 5 }, () => {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const kept = act();
    const after = process.memoryUsage().heapUsed;
    return kept === undefined ? 0 : after - before;
  });
  return median(samples);
};

console.log(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`);
const rows: string[][] = [];
for (const [size, lines] of Object.entries(sizes)) {
  const { order: json } = order(lines) as { order: Json };
  const xml = encodeReply(operation, json, form);
  const ways = coders.map((coder) => {
    const encode = coder.encoder(coder.decode(xml));
    return {
      coder,
      decode: () => coder.decode(xml),
      encode,
      samples: { decode: [] as number[], encode: [] as number[] },
    };
  });
  for (const { decode, encode } of ways) for (const act of [decode, encode]) cost(act);
  for (let round = 0; round < rounds; round += 1) {
    for (const { decode, encode, samples } of ways) {
      samples.decode.push(cost(decode));
      samples.encode.push(cost(encode));
    }
  }
  const per = (micros: number): string =>
    micros < 1000 ? `${micros.toFixed(0)} µs` : `${(micros / 1000).toFixed(1)} ms`;
  const [own] = ways;
  if (own === undefined) throw new Error('nothing to measure');
  for (const { coder, samples, decode, encode } of ways) {
    const times = (way: 'decode' | 'encode'): string =>
      coder.name === own.coder.name ? '' : `${(median(samples[way]) / median(own.samples[way])).toFixed(1)} ×`;
    const heaped = (act: () => unknown): string => (heap(act) / xml.length).toFixed(1);
    rows.push([
      `${size} (${xml.length} B)`,
      coder.name,
      per(median(samples.decode)),
      times('decode'),
      heaped(decode),
      per(median(samples.encode)),
      times('encode'),
      heaped(encode),
    ]);
  }
}
console.log(table([['reply', 'codec', 'decode', 'of ours', 'heap B/B', 'encode', 'of ours', 'heap B/B'], ...rows]));
