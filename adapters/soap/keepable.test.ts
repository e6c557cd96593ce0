import test from 'ava';
import * as fc from 'fast-check';
import { enveloped, loadOrders, operationOf } from '../../test/helpers/contracts.ts';
import { repliesOf } from '../../test/helpers/instances.ts';
import { encodeFault, encodeReply, readReply } from './contract/codec.ts';
import { wcf } from './contract/dialect.ts';
import { keepableReply, relatedTo } from './keepable.ts';
import type { Meaning } from '../adapter.ts';

const operation = operationOf(await loadOrders(), 'GetOrder');
const asked: Meaning = { text: '', form: 'soap11', input: {}, messageId: 'urn:1&2', credentials: [] };
const order = fc
  .sample(repliesOf(operation), { seed: 7, numRuns: 30 })
  .find((each) => JSON.stringify(each).length > 200)!;
const wsa = { messageId: 'urn:1&2' };
const bytes = (form: object = {}): Buffer => encodeReply(operation, order, { version: '1.1', dialect: wcf, ...form });
const keepable = (body: Buffer | string, status = 200, type = 'text/xml; charset=utf-8', by = asked) =>
  keepableReply(operation, { status, reason: '', raw: ['content-TYPE', type] }, Buffer.from(body), by);

test('a whole answer by the contract may be given again', (t) => {
  t.deepEqual(keepable(bytes()), { fault: null, relatesTo: null });
});

test('an addressed one as well, to a call with another id; all else stays byte for byte', (t) => {
  const body = bytes({ wsa });
  const kept = keepable(body)!;
  const again = relatedTo(body, kept, { ...asked, messageId: 'urn:<other>' });
  t.is(again.toString(), body.toString().replace('urn:1&amp;2', 'urn:&lt;other&gt;'));
  t.not(again.toString(), body.toString());
});

// As WCF has it.
test('one whose addressing must be understood, too', (t) => {
  const must = bytes({ wsa })
    .toString()
    .replaceAll(/<a:(Action|RelatesTo|To)(?=[ >])/g, '<a:$1 s:mustUnderstand="1"');
  t.true(must.includes('<a:RelatesTo s:mustUnderstand="1">'), must);
  const again = relatedTo(Buffer.from(must), keepable(must)!, { ...asked, messageId: 'urn:2' });
  t.is(again.toString(), must.replace('urn:1&amp;2', 'urn:2'));
});

const encodings = {
  'UTF-8': (xml: string) => Buffer.from(xml),
  'UTF-8 with its mark': (xml: string) => Buffer.from(`\ufeff${xml}`),
  'UTF-16, little end first': (xml: string) => Buffer.from(`\ufeff${xml}`, 'utf16le'),
  'UTF-16, big end first': (xml: string) => Buffer.from(`\ufeff${xml}`, 'utf16le').swap16(),
  'ISO-8859-1': (xml: string) => Buffer.from(xml, 'latin1'),
  'windows-1252': (xml: string) => Buffer.from(xml, 'latin1'),
  'US-ASCII': (xml: string) => Buffer.from(xml, 'ascii'),
} as const;
/** Those in which an addressed answer is kept; in others it never is. */
const rewritten: ReadonlySet<string> = new Set([
  'UTF-8',
  'UTF-8 with its mark',
  'ISO-8859-1',
  'windows-1252',
  'US-ASCII',
]);

for (const [name, encoded] of Object.entries(encodings))
  test(`an answer in ${name} relates to the call that it answers, or is kept for none`, (t) => {
    const charset = name.split(/[, ]/, 1)[0]!.toLowerCase();
    const type = `text/xml; charset=${charset}`;
    const inEncoding = (xml: string) =>
      encoded(xml.replace(/^(?:<\?xml[^>]*>)?/, `<?xml version="1.0" encoding="${charset}"?>`));
    const plain = inEncoding(bytes().toString());
    t.deepEqual(keepable(plain, 200, type), { fault: null, relatesTo: null }, 'unaddressed it is kept as it came');
    const body = inEncoding(bytes({ wsa }).toString());
    const kept = keepable(body, 200, type);
    t.is(kept !== null, rewritten.has(name));
    const messageId = 'urn:ü<€😀>';
    for (const id of kept === null ? [] : [messageId, 'urn:2']) {
      const again = relatedTo(body, kept!, { ...asked, messageId: id });
      const block = readReply(operation, again, type).envelope.headers.find(({ local }) => local === 'RelatesTo');
      t.is(block?.text, id);
    }
  });

// A client of the draft refuses an answer that relates to another's message.
test('an answer addressed as the draft of 2004 has it is kept for none, or rewritten', (t) => {
  const draft = bytes({ wsa })
    .toString()
    .replaceAll('http://www.w3.org/2005/08/addressing', 'http://schemas.xmlsoap.org/ws/2004/08/addressing');
  const kept = keepable(draft);
  t.is(
    kept === null ? '' : relatedTo(Buffer.from(draft), kept, { ...asked, messageId: 'urn:o' }).toString(),
    draft.replace('urn:1&amp;2', 'urn:o'),
  );
});

test('a declared fault is told by its name', (t) => {
  const fault = { name: 'OrderNotFoundFault', detail: { OrderId: '5', Reason: null }, message: 'gone' };
  const body = encodeFault(operation, fault, { version: '1.1', dialect: wcf });
  t.is(keepable(body, 500)?.fault, 'OrderNotFoundFault');
  t.is(keepable(body, 200), null, 'a fault with the status of a value');
});

const header = (block: string) => bytes().toString().replace('<s:Body>', `<s:Header>${block}</s:Header><s:Body>`);
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const undeclared = '<e:Fault><faultcode>e:Server</faultcode><faultstring>no</faultstring></e:Fault>';
const bad: readonly (readonly [string, Parameters<typeof keepable>])[] = [
  ['a value with the status of an error', [bytes(), 500]],
  ['a value with a status of its own', [bytes(), 206]],
  ['a fault that the contract does not declare', [enveloped(undeclared), 500]],
  ['half an envelope', [bytes().subarray(0, 200)]],
  [
    'an answer outside the contract',
    [bytes().toString().replace('GetOrderResult', 'GetOrderResults').replace('/GetOrderResult', '/GetOrderResults')],
  ],
  ['another version than was asked for', [bytes({ version: '1.2' }), 200, 'application/soap+xml']],
  ['parts', [bytes(), 200, 'multipart/related; boundary=x']],
  ['a page', ['<html/>', 200, 'text/html']],
  ['WS-Security', [header(`<o:Security xmlns:o="${wsse}"/>`)]],
  ['a block that must be understood', [header('<k xmlns="urn:k" s:mustUnderstand="1"/>')]],
  ['the id of another call', [bytes({ wsa: { messageId: 'urn:3' } })]],
  ['the id of a call that had none', [bytes({ wsa }), 200, 'text/xml', { ...asked, messageId: null }]],
];
for (const [what, args] of bad) test(`not again: ${what}`, (t) => t.is(keepable(...args), null));
