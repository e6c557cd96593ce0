// Large messages: how long everybody else waits for one of them. Serial, for it watches the event loop.
import test from 'ava';
import { AdapterError, RequestError } from '../../errors.ts';
import {
  decodeReply,
  decodeReplyInSlices,
  decodeRequest,
  decodeRequestInSlices,
  encodeReplyInSlices,
  encodeRequest,
  encodeRequestInSlices,
} from './codec.ts';
import { wcf } from './dialect.ts';
import { enveloped, operationOf } from '../../../test/helpers/contracts.ts';
import { loadLaw } from '../../../test/helpers/law-contracts.ts';
import { longestSlice } from '../../../test/helpers/slices.ts';
import type { Json } from '../../adapter.ts';
import type { SoapOperation } from './contract.ts';

const [choices, orders, lists, pages, open, trees] = await Promise.all([
  loadLaw('choice-heavy'),
  loadLaw('wcf-data-contract'),
  loadLaw('list-union'),
  loadLaw('asmx'),
  loadLaw('any'),
  loadLaw('recursive'),
]);
const type = 'text/xml; charset=utf-8';
// Milliseconds of the processor.
const longest = 50;
const megabyte = 1_000_000;
const fill = (unit: string): string => unit.repeat(Math.floor(megabyte / unit.length));
const search = (text: string): string =>
  `<Search xmlns="http://tempuri.org/"><text>${text}</text><page>1</page><since xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/></Search>`;

/** The best of three: the first calls are compiled, and the machine's other work costs caches. */
const slice = async (act: () => Promise<unknown>): Promise<number> => {
  await act();
  return Math.min(await longestSlice(act), await longestSlice(act), await longestSlice(act));
};

const holdsNobodyUp = test.macro({
  exec: async (t, operation: SoapOperation, body: string, refused = false) => {
    const bytes = Buffer.from(enveloped(body));
    const read = (): Promise<unknown> => decodeRequestInSlices(operation, bytes, type);
    if (refused) await t.throwsAsync(read, { instanceOf: RequestError });
    const act = refused ? () => read().catch(() => null) : read;
    const used = await slice(act);
    t.true(used < longest, `${used} ms`);
  },
  title: (name = '') => `a megabyte holds nobody up: ${name}`,
});

const pick = operationOf(choices.contract, 'Pick');
const tags = operationOf(orders.contract, 'Tags');
const sort = operationOf(lists.contract, 'Sort');
const put = operationOf(open.contract, 'Put');
const find = operationOf(pages.contract, 'Search');
const longs = `<Tags xmlns="http://contoso.example/orders"><ids xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">${fill('<a:long>1</a:long>')}</ids></Tags>`;
const sorted = (ints: string, sizes: string): string =>
  `<Sort xmlns="urn:lists"><ints>${ints}</ints><size>1</size>${sizes}</Sort>`;

test.serial('a list', holdsNobodyUp, tags, longs);
test.serial('a repeated choice', holdsNobodyUp, pick, `<Pick xmlns="urn:choices"><card/>${fill('<A>1</A>')}</Pick>`);
test.serial('unions', holdsNobodyUp, sort, `<Sort xmlns="urn:lists"><ints/>${fill('<size>0.1</size>')}</Sort>`);
test.serial('one text', holdsNobodyUp, find, search(fill('x')));
test.serial('references', holdsNobodyUp, find, search(fill('&amp;')));
test.serial('comments', holdsNobodyUp, find, search(fill('a<!---->')));
test.serial(
  'elements that are kept as XML',
  holdsNobodyUp,
  put,
  `<Put xmlns="urn:any"><name/><x xmlns="urn:f">${fill('<a/>')}</x></Put>`,
);
test.serial('values in one list', holdsNobodyUp, sort, sorted(fill('1 '), ''), true);
test.serial('values of a union in one list', holdsNobodyUp, sort, sorted('', `<sizes>${fill('0.1 ')}</sizes>`), true);
test.serial('elements that nobody knows', holdsNobodyUp, find, fill('<a/>'), true);
test.serial(
  'attributes',
  holdsNobodyUp,
  find,
  `<a ${Array.from({ length: 80_000 }, (_, at) => `a${at}=""`).join(' ')}/>`,
  true,
);
test.serial(
  'declarations',
  holdsNobodyUp,
  put,
  `<Put xmlns="urn:any"><name/>${fill('<x:a xmlns:x="u"/>')}</Put>`,
  true,
);

const writesInTurns = test.macro({
  exec: async (t, operation: SoapOperation, json: Json, misfit: RegExp | null = null) => {
    const write = (): Promise<Buffer> => encodeRequestInSlices(operation, json, form);
    if (misfit === null) t.true(encodeRequest(operation, json, form).equals(await write()));
    else t.regex((await t.throwsAsync(write, { instanceOf: AdapterError }))?.message ?? '', misfit);
    const used = await slice(() => write().catch(() => null));
    t.true(used < longest, `${used} ms`);
  },
  title: (name = '') => `a megabyte of JSON is written in slices, the same as in one go: ${name}`,
});

const form = { version: '1.1', dialect: wcf } as const;
const times = (length: number, item: Json): Json => Array.from({ length }, () => item);
const line = { Sku: 'a & b', Quantity: 1 };
const order = (lines: Json): Json => ({
  order: {
    Amount: '1.10',
    Big: '9223372036854775807',
    Created: '2024-03-10T12:34:56.1234567+02:00',
    Customer: { $type: 'Person', Code: 'C1', Alias: null },
    Flags: ['Urgent'],
    Id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    Kind: 'Wholesale',
    Lines: lines,
    Maybe: null,
    Name: fill('x'),
    Tags: times(1000, 'a'),
    Weight: 1.5,
  },
});
const picked = decodeRequest(
  pick,
  Buffer.from(enveloped(`<Pick xmlns="urn:choices"><card/>${fill('<A>1</A>')}</Pick>`)),
  type,
).input;
const searched = (text: string): Json => ({ text, page: 1, since: null });

test.serial('a list of numbers', writesInTurns, tags, { ids: times(500_000, 1) });
test.serial(
  'objects in a list, between large texts and lists',
  writesInTurns,
  operationOf(orders.contract, 'EchoOrder'),
  order(times(30_000, line)),
);
test.serial('the choices of a model that repeats', writesInTurns, pick, picked);
test.serial('members that are unions', writesInTurns, sort, { ints: [], size: times(200_000, '0.1') });
test.serial('numbers in one value', writesInTurns, sort, { ints: times(100_000, 1), size: ['1'] });
test.serial('text of references', writesInTurns, find, searched(fill('&')));
test.serial('text of another alphabet', writesInTurns, find, searched(fill('ж')));
test.serial(
  'too many numbers in one value',
  writesInTurns,
  sort,
  { ints: times(500_000, 1), size: ['1'] },
  /^\/ints: 500000 items in one value/,
);
test.serial(
  'one that does not fit, at the end',
  writesInTurns,
  tags,
  { ids: [...(times(500_000, 1) as Json[]), 'x'] },
  /^\/ids\/500000: /,
);

test.serial('lists in lists, between others', async (t) => {
  const walk = operationOf(trees.contract, 'Walk');
  const leaves = times(60, { value: 'v', children: [] });
  const low = { value: 'x', children: times(60, { value: 'y', children: leaves }) };
  const json = {
    root: { value: '', children: times(10, low), next: low, owner: { $attributes: { name: 'o' }, owns: [low, low] } },
  };
  const sliced = await encodeRequestInSlices(walk, json, form);
  t.true(sliced.equals(encodeRequest(walk, json, form)));
  t.true(sliced.length > megabyte);
});

test.serial('as much XML as JSON may have is written in slices', async (t) => {
  const xml = `<x xmlns="urn:f">${'<a/>'.repeat(32_000)}</x>`;
  const json = { name: '', $any: [xml, xml, xml] };
  const used = await slice(() => encodeRequestInSlices(put, json, form));
  t.true(used < longest, `${used} ms`);
});

test('writing in slices gives up where the message becomes too long', async (t) => {
  const json = { SearchResult: times(100_000, null), more: true };
  const error = await t.throwsAsync(encodeReplyInSlices(find, json, { ...form, most: 100_000 }));
  t.like(error, { code: 'ERR_TOO_LARGE', message: 'a message of over 100000 characters' });
});

test('slices decode what one go decodes', async (t) => {
  const bytes = Buffer.from(enveloped(longs));
  const sliced = await decodeRequestInSlices(tags, bytes, type);
  t.deepEqual(sliced.input, decodeRequest(tags, bytes, type).input);
  const answer = `<SearchResponse xmlns="http://tempuri.org/"><SearchResult>${fill('<Hit xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>')}</SearchResult><more>1</more></SearchResponse>`;
  const reply = Buffer.from(enveloped(answer));
  t.deepEqual(await decodeReplyInSlices(find, reply, type), decodeReply(find, reply, type));
});

test('slices tell the path of what does not fit', async (t) => {
  const bad = Buffer.from(enveloped(longs.replace(/1<\/a:long><\/ids>/, 'x</a:long></ids>')));
  const error = await t.throwsAsync(decodeRequestInSlices(tags, bad, type), { instanceOf: RequestError });
  t.is(error?.path, `/ids/${fill('<a:long>1</a:long>').length / 18 - 1}`);
  const empty = Buffer.from(
    enveloped(`<SearchResponse xmlns="http://tempuri.org/">${' '.repeat(70_000)}</SearchResponse>`),
  );
  const contract = await t.throwsAsync(decodeReplyInSlices(find, empty, type), { instanceOf: AdapterError });
  t.is(contract?.code, 'ERR_CONTRACT');
});

test('XML in JSON is bounded, for it is read in one go', (t) => {
  const json = { name: '', $any: [`<x xmlns="urn:f">${fill('<a/>')}</x>`] };
  const error = t.throws(() => encodeRequest(put, json, { version: '1.1', dialect: wcf }), {
    instanceOf: AdapterError,
  });
  t.regex(error?.message ?? '', /^\/\$any\/0: XML of \d+ characters; expected at most 131072$/);
});
