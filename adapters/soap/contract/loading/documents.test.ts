// Which documents a contract consists of, and the documents that attack whoever reads them.
import test from 'ava';
import { join } from 'node:path';
import { folderWith, schemaOf, serving, wrapperOf, wsdlOf } from '../../../../test/helpers/wsdl.ts';
import { AdapterError } from '../../../errors.ts';
import { loadContract } from '../contract.ts';
import { readDocuments } from './documents.ts';
import type { Files } from '../../../../test/helpers/wsdl.ts';
import type { AdapterErrorCode } from '../../../errors.ts';

const member = (type: string): string => wrapperOf(`<x:element name="a" type="${type}"/>`);
const xsd = (content: string, attributes = ''): string =>
  `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" ${attributes}>${content}</x:schema>`;
const importing = (location: string, namespace = 'urn:o', type = 'o:T'): string =>
  wsdlOf({
    attributes: 'xmlns:o="urn:o"',
    types: schemaOf(`<x:import namespace="${namespace}" schemaLocation="${location}"/>${member(type)}`),
  });
const code = '<x:simpleType name="T"><x:restriction base="x:string"/></x:simpleType>';
const other = xsd(code, 'targetNamespace="urn:o"');
const including = (location: string): string =>
  wsdlOf({ types: schemaOf(`<x:include schemaLocation="${location}"/>${member('t:T')}`) });

const translated = test.macro({
  exec: async (t, files: Files) => {
    const contract = await loadContract(join(await folderWith(t, files), 'service.wsdl'));
    t.deepEqual(
      [...contract.operations.values()].map(({ name, passThroughOnly }) => [name, passThroughOnly]),
      [['Do', null]],
    );
  },
  title: (name = '') => `is followed: ${name}`,
});

test('an import below the folder', translated, { 'service.wsdl': importing('schemas/o.xsd'), 'schemas/o.xsd': other });
test('an import with a backslash, as Windows tools write it', translated, {
  'service.wsdl': importing('schemas\\o.xsd'),
  'schemas/o.xsd': other,
});
test('an import with a blank in its name', translated, { 'service.wsdl': importing('a%20b.xsd'), 'a b.xsd': other });
test('JAX-WS metadata saved beside', translated, {
  'service.wsdl': importing('http://h:1/Svc?xsd=1'),
  '1.xsd': other,
});
test('a relative ?xsd= saved beside', translated, { 'service.wsdl': importing('?xsd=xsd0'), 'xsd0.xsd': other });
test('two schemas that import each other', translated, {
  'service.wsdl': importing('o.xsd'),
  'o.xsd': xsd(`<x:import namespace="urn:q" schemaLocation="q.xsd"/>${code}`, 'targetNamespace="urn:o"'),
  'q.xsd': xsd('<x:import namespace="urn:o" schemaLocation="o.xsd"/>', 'targetNamespace="urn:q"'),
});
test('a schema that includes itself', translated, {
  'service.wsdl': importing('o.xsd'),
  'o.xsd': xsd(`<x:include schemaLocation="o.xsd"/>${code}`, 'targetNamespace="urn:o"'),
});
test('WSDLs that import each other', translated, {
  'service.wsdl': wsdlOf({ head: '<w:import namespace="urn:b" location="b.wsdl"/>' }),
  'b.wsdl':
    '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:b"><w:import namespace="urn:t" location="service.wsdl"/></w:definitions>',
});
test('a schema without a namespace, included by includes', translated, {
  'service.wsdl': including('one.xsd'),
  'one.xsd': xsd('<x:include schemaLocation="two.xsd"/>'),
  'two.xsd': xsd(code),
});
test('a schema that is imported by wsdl:import', translated, {
  'service.wsdl': wsdlOf({
    attributes: 'xmlns:o="urn:o"',
    head: '<w:import namespace="urn:o" location="o.xsd"/>',
    types: schemaOf(member('o:T')),
  }),
  'o.xsd': other,
});
test('a schema within another WSDL', translated, {
  'service.wsdl': importing('o.wsdl'),
  'o.wsdl': `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><w:types>${other}</w:types></w:definitions>`,
});
test('no import of a vocabulary that is known here', translated, {
  'service.wsdl': wsdlOf({
    types: schemaOf(
      `<x:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="http://www.w3.org/2001/xml.xsd"/>${member('x:int')}`,
    ),
  }),
});
test('a document in UTF-16', translated, {
  'service.wsdl': Buffer.from(`\uFEFF${importing('o.xsd')}`, 'utf16le'),
  'o.xsd': other,
});
test('an import above, from the folder that is given', async (t) => {
  const folder = await folderWith(t, { 'a/service.wsdl': importing('../b/o.xsd'), 'b/o.xsd': other });
  const contract = await loadContract(join(folder, 'a/service.wsdl'), { root: folder });
  t.is(contract.operations.get('Do')?.passThroughOnly, null);
});

test('what is redefined makes only the operations that reach it pass-through', async (t) => {
  const types = (used: string): string =>
    schemaOf(
      `<x:redefine schemaLocation="o.xsd"><x:simpleType name="T"><x:restriction base="t:T"/></x:simpleType></x:redefine>${member(used)}`,
    );
  const load = async (used: string) => {
    const files = {
      'service.wsdl': wsdlOf({ types: types(used) }),
      'o.xsd': xsd(`${code}${code.replace('"T"', '"V"')}`),
    };
    return loadContract(join(await folderWith(t, files), 'service.wsdl'));
  };
  t.regex((await load('t:T')).operations.get('Do')?.passThroughOnly ?? '', /^xs:redefine of T \(service\.wsdl:\d+\)/);
  t.is((await load('t:V')).operations.get('Do')?.passThroughOnly, null);
});

const split = {
  '/Svc.svc?wsdl': wsdlOf({
    attributes: 'xmlns:o="urn:o"',
    types: schemaOf('<x:import namespace="urn:o" schemaLocation="ORIGIN/Svc.svc?xsd=xsd0"/>' + member('o:T')),
  }),
  '/Svc.svc?xsd=xsd0': other,
};

test('a WCF service is read from its address, imports and all', async (t) => {
  const pages: Record<string, string> = { ...split };
  const { url, asked } = await serving(t, pages);
  for (const [target, page] of Object.entries(split)) pages[target] = page.replaceAll('ORIGIN', url);
  const contract = await loadContract(`${url}/Svc.svc?wsdl`);
  t.is(contract.operations.get('Do')?.passThroughOnly, null);
  t.deepEqual(asked, ['/Svc.svc?wsdl', '/Svc.svc?xsd=xsd0']);
});

test('relative imports are relative to where a redirect led', async (t) => {
  const { url } = await serving(t, {
    '/svc': (response) => response.writeHead(301, { location: '/deep/service.wsdl' }).end(),
    '/deep/service.wsdl': importing('o.xsd'),
    '/deep/o.xsd': other,
  });
  t.is((await loadContract(`${url}/svc`)).operations.get('Do')?.passThroughOnly, null);
});

test('another host is read where it is allowed', async (t) => {
  const elsewhere = await serving(t, { '/o.xsd': other });
  const { url } = await serving(t, { '/?wsdl': importing(`${elsewhere.url}/o.xsd`) });
  await t.throwsAsync(loadContract(`${url}/?wsdl`), { message: /on another host than the first document/ });
  t.deepEqual(elsewhere.asked, []);
  const allowed = await loadContract(`${url}/?wsdl`, { allowHosts: [new URL(elsewhere.url).host] });
  t.is(allowed.operations.get('Do')?.passThroughOnly, null);
});

const hash = async (t: Parameters<typeof folderWith>[0], files: Files): Promise<string> =>
  (await readDocuments(join(await folderWith(t, files), 'service.wsdl'))).hash;

test('the hash is that of what is said, not of prefixes, splitting or order', async (t) => {
  const whole = wsdlOf({ attributes: 'xmlns:o="urn:o"', types: schemaOf(member('o:T')) + other });
  const base = await hash(t, { 'service.wsdl': whole });
  const parted = importing('o.xsd').replace('<w:types>', '<w:types>\n\n');
  t.is(await hash(t, { 'service.wsdl': parted, 'o.xsd': other }), base);
  t.is(await hash(t, { 'service.wsdl': whole.replaceAll('t:', 'zz:').replaceAll('xmlns:t', 'xmlns:zz') }), base);
  t.not(await hash(t, { 'service.wsdl': whole.replace('x:string', 'x:token') }), base);
  t.not(await hash(t, { 'service.wsdl': whole.replace('elementFormDefault="qualified"', '') }), base);
});

interface Attack {
  readonly files: Files;
  readonly code: AdapterErrorCode;
  readonly message: RegExp;
}

const refused = test.macro({
  exec: async (t, { files, code: expected, message }: Attack) => {
    const began = performance.now();
    const load = loadContract(join(await folderWith(t, files), 'service.wsdl'));
    const error = await t.throwsAsync(load, { instanceOf: AdapterError });
    t.is(error?.code, expected);
    t.regex(error?.message ?? '', message);
    t.true(performance.now() - began < 5_000);
  },
  title: (name = '') => `an attack has its named end: ${name}`,
});

const doctype = (declaration: string): Files => ({ 'service.wsdl': `${declaration}${wsdlOf()}` });
const bomb = `<!DOCTYPE a [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, at) => `<!ENTITY a${at} "&a${at || ''};&a${at || ''};">`).join('')}]>`;
test('a billion laughs', refused, { files: doctype(bomb), code: 'ERR_REFUSED', message: /service\.wsdl: .*DOCTYPE/ });
test('an external entity', refused, {
  files: doctype('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
  code: 'ERR_REFUSED',
  message: /DOCTYPE/,
});
test('an external DTD', refused, {
  files: doctype('<!DOCTYPE a SYSTEM "http://169.254.169.254/a.dtd">'),
  code: 'ERR_REFUSED',
  message: /DOCTYPE/,
});
test('a DOCTYPE with attribute defaults in an import', refused, {
  files: { 'service.wsdl': importing('o.xsd'), 'o.xsd': `<!DOCTYPE s [<!ATTLIST s xmlns CDATA "urn:evil">]>${other}` },
  code: 'ERR_REFUSED',
  message: /^o\.xsd: .*DOCTYPE/,
});
test('an entity that nobody declares', refused, {
  files: { 'service.wsdl': wsdlOf().replace('urn:do', '&evil;') },
  code: 'ERR_MALFORMED',
  message: /a reference to "evil"/,
});
test('depth', refused, {
  files: { 'service.wsdl': wsdlOf({ types: '<a>'.repeat(100_000) }) },
  code: 'ERR_TOO_LARGE',
  message: /deeper than 256 levels/,
});
test('attributes', refused, {
  files: { 'service.wsdl': wsdlOf({ attributes: Array.from({ length: 10_000 }, (_, at) => `a${at}=""`).join(' ') }) },
  code: 'ERR_TOO_LARGE',
  message: /over 256 attributes/,
});
test('one huge document', refused, {
  files: { 'service.wsdl': Buffer.alloc(16 * 1024 * 1024 + 1, 0x20) },
  code: 'ERR_TOO_LARGE',
  message: /service\.wsdl: over 16777216 bytes/,
});
test('documents without end', refused, {
  files: Object.fromEntries([
    ['service.wsdl', importing('0.xsd')],
    ...Array.from({ length: 501 }, (_, at) => [
      `${at}.xsd`,
      xsd(`<x:include schemaLocation="${at + 1}.xsd"/>`, 'targetNamespace="urn:o"'),
    ]),
  ]),
  code: 'ERR_TOO_LARGE',
  message: /over 500 documents/,
});
test('one schema under thousands of namespaces', refused, {
  files: {
    'service.wsdl': wsdlOf({
      types: Array.from(
        { length: 1_500 },
        (_, at) => `<x:schema targetNamespace="urn:${at}"><x:include schemaLocation="o.xsd"/></x:schema>`,
      ).join(''),
    }),
    'o.xsd': xsd(code),
  },
  code: 'ERR_TOO_LARGE',
  message: /over 2000 schemas/,
});
test('one large schema under many namespaces', refused, {
  files: {
    'service.wsdl': wsdlOf({
      types: Array.from(
        { length: 70 },
        (_, at) => `<x:schema targetNamespace="urn:${at}"><x:include schemaLocation="o.xsd"/></x:schema>`,
      ).join(''),
    }),
    'o.xsd': xsd(code) + ' '.repeat(1024 * 1024),
  },
  code: 'ERR_TOO_LARGE',
  message: /over 67108864 bytes/,
});
for (const location of [
  'file:///etc/passwd',
  '/etc/passwd',
  '..\\..\\etc\\passwd',
  '\\\\host\\share\\o.xsd',
  '%2e%2e/%2e%2e/etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  'ftp://h/o.xsd',
  'data:text/xml,x',
  'jar:http://h/a.jar!/o.xsd',
]) {
  test(`an import of ${location}`, refused, {
    files: { 'service.wsdl': importing(location) },
    code: 'ERR_CONTRACT',
    message: /outside the contract's folder|not a file/,
  });
}
test('a name with a zero in it', refused, {
  files: { 'service.wsdl': importing('o%00.xsd') },
  code: 'ERR_CONTRACT',
  message: /cannot be read/,
});
test('a type made of itself, a group within itself and a base of itself', async (t) => {
  const types = schemaOf(
    `${member('t:Loop')}<x:complexType name="Loop"><x:complexContent><x:extension base="t:Pool"/></x:complexContent></x:complexType>
     <x:complexType name="Pool"><x:complexContent><x:extension base="t:Loop"/></x:complexContent></x:complexType>
     <x:simpleType name="S"><x:restriction base="t:S"/></x:simpleType>
     <x:group name="G"><x:sequence><x:group ref="t:G"/></x:sequence></x:group>
     <x:attributeGroup name="A"><x:attributeGroup ref="t:A"/></x:attributeGroup>
     <x:complexType name="U"><x:group ref="t:G"/><x:attributeGroup ref="t:A"/></x:complexType>`,
  );
  const contract = await loadContract(join(await folderWith(t, { 'service.wsdl': wsdlOf({ types }) }), 'service.wsdl'));
  t.regex(contract.operations.get('Do')?.passThroughOnly ?? '', /derived from itself/);
});

interface Answered {
  /** `?wsdl` answers this; `ORIGIN` stands for the server's own. */
  readonly page: string | Parameters<typeof serving>[1][string];
  readonly code: AdapterErrorCode;
  readonly message: RegExp;
  readonly timeout?: number;
}

const unanswered = test.macro({
  exec: async (t, { page, code: expected, message, timeout = 10_000 }: Answered) => {
    const victim = await serving(t, { '/': wsdlOf(), '/o.xsd': other });
    const answer = typeof page === 'string' ? page.replaceAll('VICTIM', victim.url) : page;
    const { url } = await serving(t, {
      '/?wsdl': answer,
      '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
      '/away': (response) => response.writeHead(302, { location: `${victim.url}/o.xsd` }).end(),
    });
    const error = await t.throwsAsync(loadContract(`${url}/?wsdl`, { timeout }), { instanceOf: AdapterError });
    t.is(error?.code, expected);
    t.regex(error?.message ?? '', message);
    t.deepEqual(victim.asked, []);
  },
  title: (name = '') => `from the network: ${name}`,
});

test('an import from another port of the same machine', unanswered, {
  page: importing('VICTIM/o.xsd'),
  code: 'ERR_CONTRACT',
  message: /on another host than the first document \(127\.0\.0\.1:\d+\)/,
});
test('an import from the metadata host', unanswered, {
  page: importing('http://169.254.169.254/latest/meta-data/'),
  code: 'ERR_CONTRACT',
  message: /on another host/,
});
test('an import of a file', unanswered, {
  page: importing('file:///etc/passwd'),
  code: 'ERR_CONTRACT',
  message: /expected an http or https URL/,
});
test('an import with a user in it', unanswered, {
  page: importing('http://a:b@127.0.0.1/o.xsd'),
  code: 'ERR_CONTRACT',
  message: /without a user/,
});
test('a redirect to another host', unanswered, {
  page: importing('/away'),
  code: 'ERR_CONTRACT',
  message: /\/away: redirects to 127\.0\.0\.1:\d+; allow that host/,
});
test('redirects without end', unanswered, {
  page: importing('/loop'),
  code: 'ERR_STATUS',
  message: /over 5 redirects/,
});
test('nothing there', unanswered, { page: importing('/gone.xsd'), code: 'ERR_STATUS', message: /answered 404/ });
test('an answer that never comes', unanswered, {
  page: () => undefined,
  code: 'ERR_TIMEOUT',
  message: /not here within 50 ms/,
  timeout: 50,
});
test('an answer that never ends', unanswered, {
  page: (response) => {
    const more = (): void =>
      void (response.write(Buffer.alloc(1024 * 1024, 0x20)) ? setImmediate(more) : response.once('drain', more));
    more();
  },
  code: 'ERR_TOO_LARGE',
  message: /over 16777216 bytes/,
});
test('a page that is no contract', unanswered, {
  page: '<html><body>Service Unavailable</body></html>',
  code: 'ERR_CONTRACT',
  message: /its root is/,
});
test('nobody there at all', async (t) => {
  const error = await t.throwsAsync(loadContract('http://127.0.0.1:1/?wsdl'), { instanceOf: AdapterError });
  t.is(error?.code, 'ERR_CONNECT');
});
test('a URL with a password is neither fetched nor shown', async (t) => {
  const error = await t.throwsAsync(loadContract('http://user:geheim@127.0.0.1:1/?wsdl'), { instanceOf: AdapterError });
  t.is(error?.code, 'ERR_CONTRACT');
  t.notRegex(error?.message ?? '', /geheim/);
});
