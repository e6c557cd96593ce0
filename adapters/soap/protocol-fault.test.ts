import test from 'ava';
import { SaxesParser } from 'saxes';
import { soapFault } from './protocol-fault.ts';
import { soapProtocol } from './protocol.ts';
import { noDeadline, soapCall } from '../../test/helpers/soap-call.ts';
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

const wsa = 'http://www.w3.org/2005/08/addressing';
/** A call that has been identified, with these header blocks, and the fault that it is told. */
const told = async (header: string): Promise<string> => {
  const protocol = soapProtocol({ contract: null, prefix: 65_536, dispatch: 'both', mismatch: 'legacy' });
  const envelope = `<e:Envelope xmlns:e="${soap11}"><e:Header>${header}</e:Header><e:Body><x/></e:Body></e:Envelope>`;
  const call = soapCall({ method: 'POST', raw: ['Content-Type', 'text/xml'], body: Buffer.from(envelope) });
  await protocol.identify(call, noDeadline);
  return textOf(protocol.fault(trouble, call));
};

test('a fault of our own relates to the addressed call that it answers', async (t) => {
  const blocks = `<a:To xmlns:a="${wsa}">x</a:To><a:MessageID xmlns:a="${wsa}">urn:uuid:&lt;1&gt;</a:MessageID>`;
  const fault = await told(blocks);
  t.true(fault.includes(`<a:Action>${wsa}/soap/fault</a:Action><a:RelatesTo>urn:uuid:&lt;1&gt;</a:RelatesTo>`), fault);
  t.true((await told(`<a:To xmlns:a="${wsa}">x</a:To>`)).includes(`/soap/fault</a:Action><a:To>`));
});

test('a fault for a call without addressing, or with an older one, has no header', async (t) => {
  t.notRegex(await told('<MessageID xmlns="urn:x">1</MessageID>'), /Header/);
  t.notRegex(await told('<MessageID xmlns="http://schemas.xmlsoap.org/ws/2004/08/addressing">1</MessageID>'), /Header/);
});
