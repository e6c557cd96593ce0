// Large messages: how long everybody else waits for one of them. Serial and alone in its file, for it watches the event loop.
import test from 'ava';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AdapterError, RequestError } from '../../errors.ts';
import { decodeReply, decodeReplyInSlices, decodeRequest, decodeRequestInSlices, encodeRequest } from './codec.ts';
import { wcf } from './dialect.ts';
import { enveloped, operationOf } from '../../../test/helpers/contracts.ts';
import { loadLaw } from '../../../test/helpers/law-contracts.ts';
import type { SoapOperation } from './contract.ts';

const [choices, orders, lists, pages, open] = await Promise.all([
  loadLaw('choice-heavy'),
  loadLaw('wcf-data-contract'),
  loadLaw('list-union'),
  loadLaw('asmx'),
  loadLaw('any'),
]);
const type = 'text/xml; charset=utf-8';
// 50 ms on a machine of its own; shared ones, in CI, stop a program for longer than that by themselves.
const longest = process.env['CI'] === undefined ? 250 : 1000;
const megabyte = 1_000_000;
const fill = (unit: string): string => unit.repeat(Math.floor(megabyte / unit.length));
const search = (text: string): string =>
  `<Search xmlns="http://tempuri.org/"><text>${text}</text><page>1</page><since xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/></Search>`;

/** Milliseconds that the loop stood still at most. */
const blocked = async (act: () => Promise<unknown>): Promise<number> => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 10));
  delay.reset();
  await act();
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return delay.max / 1e6;
};

const holdsNobodyUp = test.macro({
  exec: async (t, operation: SoapOperation, body: string, refused = false) => {
    const bytes = Buffer.from(enveloped(body));
    const read = (): Promise<unknown> => decodeRequestInSlices(operation, bytes, type);
    if (refused) await t.throwsAsync(read, { instanceOf: RequestError });
    const act = refused ? () => read().catch(() => null) : read;
    await act(); // compiled now
    const times = [await blocked(act), await blocked(act), await blocked(act)];
    t.true(Math.min(...times) < longest, `${times.map(Math.round).join(', ')} ms`);
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
