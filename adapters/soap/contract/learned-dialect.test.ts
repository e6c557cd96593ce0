import test from 'ava';
import { AdapterError } from '../../errors.ts';
import { dialects, wcf } from './dialect.ts';
import { learnedDialect } from './learned-dialect.ts';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

test('a plain reply shows prefix and declaration; fault codes take the prefix', (t) => {
  const learned = learnedDialect(
    Buffer.from(`<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="${soap11}"><soapenv:Body/></soapenv:Envelope>`),
  );
  t.is(learned.envelopePrefix, 'soapenv');
  t.true(learned.declaration);
  t.is(learned.faultCodes['1.1'].declared, 'soapenv:Client');
  t.is(learned.faultCodes['1.2'].server, 'soapenv:Receiver');
  t.deepEqual(learned.contentType, wcf.contentType);
});

test('a fault shows its code and its language, or that it has none', (t) => {
  const fault = (detail: string): Buffer =>
    Buffer.from(
      `<S:Envelope xmlns:S="${soap11}"><S:Body><S:Fault><faultcode>S:Server.user</faultcode><faultstring>x</faultstring>${detail}</S:Fault></S:Body></S:Envelope>`,
    );
  t.deepEqual(learnedDialect(fault('')).faultCodes['1.1'], {
    client: 'S:Client',
    server: 'S:Server.user',
    declared: 'S:Client',
  });
  const declared = learnedDialect(fault('<detail><f/></detail>'));
  t.is(declared.faultCodes['1.1'].declared, 'S:Server.user');
  t.is(declared.lang, null);
});

test('a whole reply of SOAP 1.2, as curl -i saves it, shows the content type too', (t) => {
  const learned = learnedDialect(
    Buffer.from(
      `HTTP/1.1 500 Internal Server Error\r\nServer: x\r\ncontent-type: application/soap+xml;charset=UTF-8\r\n\r\n` +
        `<env:Envelope xmlns:env="${soap12}"><env:Body><env:Fault><env:Code><env:Value>env:Receiver</env:Value></env:Code>` +
        `<env:Reason><env:Text xml:lang="de">x</env:Text></env:Reason></env:Fault></env:Body></env:Envelope>`,
    ),
  );
  t.is(learned.contentType['1.2'], 'application/soap+xml;charset=UTF-8');
  t.is(learned.contentType['1.1'], wcf.contentType['1.1']);
  t.is(learned.lang, 'de');
  t.is(learned.faultCodes['1.2'].server, 'env:Receiver');
});

test('a code in another namespace is not imitated', (t) => {
  const xml = `<s:Envelope xmlns:s="${soap11}"><s:Body><s:Fault><faultcode xmlns:a="urn:a">a:InternalServiceFault</faultcode><faultstring xml:lang="en-US"/></s:Fault></s:Body></s:Envelope>`;
  t.deepEqual(learnedDialect(Buffer.from(xml)), wcf);
});

test('what is shown replaces what was said, and nothing else', (t) => {
  const asmx = dialects.get('asmx');
  const xml = `<soap:Envelope xmlns:soap="${soap12}"><soap:Body/></soap:Envelope>`;
  t.deepEqual(learnedDialect(Buffer.from(xml), asmx), { ...asmx, declaration: false } as typeof asmx & object);
});

for (const [name, text] of [
  ['no envelope', '<a/>'],
  ['a default namespace', `<Envelope xmlns="${soap11}"><Body/></Envelope>`],
  ['a page', '<html><br></html>'],
  ['a head without an end', 'HTTP/1.1 200 OK\r\n'],
] as const) {
  test(`nothing is learned from ${name}`, (t) => {
    const error = t.throws(() => learnedDialect(Buffer.from(text)), { instanceOf: AdapterError });
    t.is(error?.code, 'ERR_MALFORMED');
  });
}
