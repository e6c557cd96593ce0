import test from 'ava';
import { SaxesParser } from 'saxes';
import { soapFault } from './protocol-fault.ts';
import { soap11, soap12 } from '../../test/golden/envelopes.ts';
import type { Reply, Trouble } from '../adapter.ts';

const trouble: Trouble = { status: 503, code: 'ERR_X', message: 'no <b> & "c"', blame: 'gateway' };

const textOf = (reply: Reply): string => reply.body.bytes?.toString() ?? '';

/** Elements of a body in order, with their namespaces and texts. */
const outline = (xml: string): readonly string[] => {
  const found: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ uri, local }) => found.push(`{${uri}}${local}`));
  parser.on('text', (text) => found.push(text));
  parser.write(xml).close();
  return found;
};

test('a 1.1 fault has its children unqualified and in order', (t) => {
  const reply = soapFault(trouble, '1.1');
  t.deepEqual(outline(textOf(reply)), [
    `{${soap11}}Envelope`,
    `{${soap11}}Body`,
    `{${soap11}}Fault`,
    '{}faultcode',
    's:Server',
    '{}faultstring',
    'no <b> & "c"',
  ]);
  t.regex(textOf(reply), /xmlns:s=/);
  t.is(reply.head.raw[1], 'text/xml; charset=utf-8');
});

test('a 1.2 fault has a code and a reason', (t) => {
  const reply = soapFault({ ...trouble, blame: 'client' }, '1.2');
  t.deepEqual(outline(textOf(reply)), [
    `{${soap12}}Envelope`,
    `{${soap12}}Body`,
    `{${soap12}}Fault`,
    `{${soap12}}Code`,
    `{${soap12}}Value`,
    's:Sender',
    `{${soap12}}Reason`,
    `{${soap12}}Text`,
    'no <b> & "c"',
  ]);
  t.regex(textOf(reply), /<s:Text xml:lang="en">/);
  t.is(reply.head.raw[1], 'application/soap+xml; charset=utf-8');
});

test('a client that is to blame is told so, with the prefix of its legacy service', (t) => {
  const reply = soapFault({ ...trouble, blame: 'client' }, '1.1', { prefix: 'soap' });
  t.regex(textOf(reply), /<faultcode>soap:Client<\/faultcode>/);
  t.regex(textOf(reply), /xmlns:soap="/);
});

test('a fault is HTTP 500 whatever the trouble, and its length is in bytes', (t) => {
  const reply = soapFault({ ...trouble, message: 'nö' }, '1.1');
  t.is(reply.head.status, 500);
  t.deepEqual(reply.head.raw.slice(2), ['Content-Length', String(Buffer.byteLength(textOf(reply)))]);
});

test('a caller is told when to come back, in whole seconds', (t) => {
  t.deepEqual(soapFault({ ...trouble, retryAfter: 1.2 }, '1.2').head.raw.slice(4), ['Retry-After', '2']);
});

test('characters that XML does not have are replaced', (t) => {
  const reply = soapFault({ ...trouble, message: 'a\u0000b\ud800c\uffffd\r' }, '1.1');
  t.is(outline(textOf(reply)).at(-1), 'a\ufffdb\ufffdc\ufffdd\r');
});
