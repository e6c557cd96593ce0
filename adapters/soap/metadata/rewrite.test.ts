import test from 'ava';
import * as fc from 'fast-check';
import type { Reach } from './own-address.ts';
import { rewriteMetadata } from './rewrite.ts';

const by = (own: string, mount: string, folds = true): Pick<Reach, 'way' | 'ways'> => {
  const way = { own, mount, folds };
  return { way, ways: [way] };
};
const reach: Reach = {
  publicBase: 'https://api.example.com',
  ...by('/App/Orders.svc', '/orders.svc'),
  authorities: new Set(['legacy:7001', 'api.example.com', 'api.example.com:7001']),
  asked: '/App/Orders.svc',
};
const names =
  'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:a10="http://www.w3.org/2005/08/addressing" xmlns:a04="http://schemas.xmlsoap.org/ws/2004/08/addressing"';
const wsdl = (inside: string): string => `<wsdl:definitions ${names}>${inside}</wsdl:definitions>`;
const rewritten = (text: string, more: Partial<Reach> = {}): string =>
  rewriteMetadata(Buffer.from(text), { ...reach, ...more })?.toString() ?? text;

interface Case {
  readonly what: string;
  readonly found: string;
  /** Null: stays as it is. */
  readonly wanted: string | null;
  readonly reach?: Partial<Reach>;
}
const at = (address: string): string => wsdl(`<soap:address location="${address}"/>`);
const splices = test.macro({
  exec(t, { found, wanted, reach: more = {} }: Case) {
    t.is(rewritten(found, more), wanted ?? found);
  },
  title: (_, { what }: Case) => what,
});

const own = 'http://legacy:7001/App/Orders.svc';
const there = 'https://api.example.com/orders.svc';
const places: readonly (readonly [string, (address: string) => string])[] = [
  ['soap:address', (x) => wsdl(`<soap:address location="${x}"/>`)],
  ['soap12:address', (x) => wsdl(`<soap12:address  required = "1" location = '${x}' />`)],
  ['http:address', (x) => wsdl(`<http:address location="${x}"></http:address>`)],
  ['wsdl:import', (x) => wsdl(`<wsdl:import namespace="urn:x" location="${x}?wsdl=wsdl0"/>`)],
  [
    'xs:import',
    (x) => wsdl(`<wsdl:types><xs:schema><xs:import schemaLocation="${x}?xsd=xsd0"/></xs:schema></wsdl:types>`),
  ],
  [
    'xs:import of a schema of its own',
    (x) => `<schema xmlns="http://www.w3.org/2001/XMLSchema"><import schemaLocation="${x}?xsd=xsd2"/></schema>`,
  ],
  ['xs:include', (x) => wsdl(`<xs:include schemaLocation="${x}?xsd=xsd0&amp;x=1"/>`)],
  ['xs:redefine', (x) => wsdl(`<xs:redefine schemaLocation="${x}?xsd=xsd0"/>`)],
  [
    'an endpoint reference',
    (x) => wsdl(`<a10:EndpointReference><a10:Address>${x}</a10:Address></a10:EndpointReference>`),
  ],
  [
    'an endpoint reference of 2004',
    (x) => wsdl(`<a04:EndpointReference><a04:Address>\r\n  ${x}/ws\r\n</a04:Address></a04:EndpointReference>`),
  ],
  ['an address in CDATA', (x) => wsdl(`<a10:Address><![CDATA[${x}]]></a10:Address>`)],
  [
    'disco, by name and document',
    (x) =>
      `<discovery xmlns="http://schemas.xmlsoap.org/disco/"><contractRef ref="${x}?wsdl" docRef="${x}" xmlns="http://schemas.xmlsoap.org/disco/scl/"/><soap address="${x}" binding="q1:b" xmlns="http://schemas.xmlsoap.org/disco/soap/"/></discovery>`,
  ],
  [
    'disco, by reference',
    (x) => `<d:discovery xmlns:d="http://schemas.xmlsoap.org/disco/"><d:discoveryRef ref="${x}?disco"/></d:discovery>`,
  ],
  [
    'a link of a help page and its text',
    (x) => `<!DOCTYPE html PUBLIC "-//W3C//DTD" [ ]><HTML><P>svcutil.exe <A HREF="${x}?wsdl">${x}?wsdl</A></P></HTML>`,
  ],
  [
    'a form of a help page',
    (x) =>
      `<?xml version="1.0" encoding="utf-8"?>\n<html><form target="_blank" action='${x}/GetOrder' method=POST><a href=${x}>x</a></form></html>`,
  ],
  [
    'metadata exchanged over SOAP',
    (x) =>
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><Metadata xmlns="http://schemas.xmlsoap.org/ws/2004/09/mex"><MetadataSection>${wsdl(`<soap12:address location="${x}"/>`)}</MetadataSection><MetadataSection><MetadataReference><Address xmlns="http://www.w3.org/2005/08/addressing">${x}/mex</Address></MetadataReference><Location>${x}?xsd=xsd0</Location></MetadataSection></Metadata></s:Body></s:Envelope>`,
  ],
];
for (const [what, document] of places) {
  test(splices, { what: `${what} leads to where the client came in`, found: document(own), wanted: document(there) });
}

const cases: readonly Case[] = [
  {
    what: 'case of path and host is no matter',
    found: at('HTTP://LEGACY:7001/app/orders.SVC/ws'),
    wanted: at('https://api.example.com/orders.svc/ws'),
  },
  {
    what: 'ASMX: the name of Host with a port of its own',
    found: at('http://api.example.com:7001/App/Orders.svc'),
    wanted: at(there),
  },
  {
    what: 'the name of Host in the scheme that the destination was asked in',
    found: at('http://api.example.com/App/Orders.svc'),
    wanted: at(there),
  },
  {
    what: 'the port that the scheme has anyway',
    found: at('http://api.example.com:80/App/Orders.svc'),
    wanted: at(there),
  },
  {
    what: "the machine's own name, known by the path that was asked",
    found: at('http://SRV01.corp.local/App/Orders.svc'),
    wanted: at(there),
  },
  { what: 'the same path at another scheme', found: at('https://legacy/App/Orders.svc'), wanted: at(there) },
  {
    what: 'another path of the destination leads nowhere through this route',
    found: at('http://legacy:7001/App/Other.svc'),
    wanted: null,
  },
  { what: 'a longer name is another path', found: at('http://legacy:7001/App/Orders.svcx'), wanted: null },
  { what: 'another machine', found: at('http://other:7001/x'), wanted: null },
  {
    what: 'a name before a host is a password, and no host',
    found: at('http://legacy:7001@evil.example/App/Orders.svc'),
    wanted: null,
  },
  { what: 'another protocol', found: at('net.tcp://legacy:808/App/Orders.svc'), wanted: null },
  {
    what: 'a path from the root moves with the route',
    found: at('/App/Orders.svc?wsdl=wsdl0'),
    wanted: at('/orders.svc?wsdl=wsdl0'),
  },
  {
    what: 'a path from the root with a path before the gateway',
    found: at('/App/Orders.svc'),
    wanted: at('/pre/orders.svc'),
    reach: { publicBase: 'https://api.example.com/pre' },
  },
  { what: 'a relative reference', found: at('?xsd=xsd0'), wanted: null },
  { what: 'a reference without scheme', found: at('//legacy:7001/App/Orders.svc'), wanted: null },
  {
    what: 'a route for all of a host',
    found: at('http://legacy:7001/Other12.svc'),
    wanted: at('https://api.example.com/Other12.svc'),
    reach: by('', ''),
  },
  {
    what: 'a route for all of a host, at the name that the machine gives itself',
    found: wsdl(
      '<soap:address location="http://srv/Orders.svc"/><soap:address location="http://srv/Other.svc"/><soap:address location="http://srv2/Other.svc"/>',
    ),
    wanted: wsdl(
      '<soap:address location="https://api.example.com/Orders.svc"/><soap:address location="https://api.example.com/Other.svc"/><soap:address location="http://srv2/Other.svc"/>',
    ),
    reach: { ...by('', ''), asked: '/orders.svc/mex' },
  },
  {
    what: 'paths that are the same on both sides stay as they are written',
    found: at('http://legacy:7001/app/orders.svc/'),
    wanted: at('https://api.example.com/app/orders.svc/'),
    reach: by('/App/Orders.svc', '/App/Orders.svc'),
  },
  {
    what: 'an escaped path',
    found: at('http://legacy:7001/A&amp;B/O.svc?a&amp;b'),
    wanted: at('https://api.example.com/C&amp;D?a&amp;b'),
    reach: by('/A&B/O.svc', '/C&D'),
  },
  // What only looks like an address.
  {
    what: 'a namespace, an action, a policy, a comment and a documentation are no addresses',
    wanted: null,
    found: `<wsdl:definitions ${names} targetNamespace="${own}" xmlns:tns="${own}"><!-- <soap:address location="${own}"/> --><?x <soap:address location="${own}"/>?><wsdl:documentation location="${own}">${own} <![CDATA[<soap:address location="${own}"/>]]></wsdl:documentation><soap:operation soapAction="${own}/GetOrder"/><xs:import namespace="${own}"/><x:address xmlns:x="urn:x" location="${own}"/></wsdl:definitions>`,
  },
  {
    what: 'an element of that name without its namespace',
    wanted: null,
    found: wsdl(`<Address>${own}</Address><soap:address x:location="${own}" xmlns:x="urn:x"/>`),
  },
  {
    what: 'an address with something inside it',
    wanted: null,
    found: wsdl(`<a10:Address>${own}<x/></a10:Address><a10:Address><x/>${own}</a10:Address>`),
  },
  {
    what: 'a namespace that means something else further in',
    wanted: null,
    found: wsdl(`<x xmlns:soap="urn:x"><soap:address location="${own}"/></x>`),
  },
  { what: 'the reply of an operation', wanted: null, found: `<string xmlns="${own}">${own}</string>` },
  {
    what: 'the reply of an operation that answers with an endpoint',
    wanted: null,
    found: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><a:Address xmlns:a="http://www.w3.org/2005/08/addressing">${own}</a:Address></s:Header><s:Body><a:Address xmlns:a="http://www.w3.org/2005/08/addressing">${own}</a:Address></s:Body></s:Envelope>`,
  },
  {
    what: 'what is signed',
    wanted: null,
    found: wsdl(`<soap:address location="${own}"/><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>`),
  },
  {
    what: 'an identity by certificate is no signature',
    found: wsdl(`<a10:Address>${own}</a10:Address><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"/>`),
    wanted: wsdl(`<a10:Address>${there}</a10:Address><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"/>`),
  },
  { what: 'what is not well-formed', wanted: null, found: wsdl(`<soap:address location="${own}"/></x>`) },
  { what: 'what breaks off', wanted: null, found: wsdl(`<soap:address location="${own}"/>`).slice(0, -5) },
  { what: 'what declares entities', wanted: null, found: `<!DOCTYPE x [<!ENTITY y "z">]>${at(own)}` },
  {
    what: 'a help page that only mentions an address',
    wanted: null,
    found: `<html><!-- <a href="${own}"> --><script>var x = '<a href="${own}">';</script><pre>xmlns="${own}"</pre><p data-href="${own}">${own}</p><a>see ${own}</a></html>`,
  },
  {
    what: 'hints for schemas, as pairs of a namespace, which stays, and an address',
    found: `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="${own} ${own}?xsd=xsd0\r\n urn:b  ${own}?xsd=xsd1 ${own}"><x:import i:noNamespaceSchemaLocation=" ${own} " schemaLocation="${own}"/></x:schema>`,
    wanted: `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="${own} ${there}?xsd=xsd0\r\n urn:b  ${there}?xsd=xsd1 ${own}"><x:import i:noNamespaceSchemaLocation=" ${there} " schemaLocation="${there}"/></x:schema>`,
  },
  {
    what: 'what has the name of a hint, and is none',
    found: `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:i="urn:i" i:schemaLocation="urn:a ${own}" schemaLocation="urn:a ${own}"/>`,
    wanted: null,
  },
  {
    what: 'the program of a script service has its path',
    found: `var Orders=function() {\r\nOrders.initializeBase(this);this._timeout = 0;}\r\n_get_path:function() {\r\n var p = this.get_path();\r\nOrders.set_path("/App/Orders.svc");\r\nO.set_path( '${own}' );var x = "${own}";f.set_path("/App/Other.svc")`,
    wanted: `var Orders=function() {\r\nOrders.initializeBase(this);this._timeout = 0;}\r\n_get_path:function() {\r\n var p = this.get_path();\r\nOrders.set_path("/orders.svc");\r\nO.set_path( '${there}' );var x = "${own}";f.set_path("/App/Other.svc")`,
    reach: { asked: '/App/Orders.svc/js' },
  },
  {
    what: 'a program is one by the path that was asked alone',
    found: 'Orders.set_path("/App/Orders.svc");',
    wanted: null,
  },
  { what: 'a help page without end', wanted: null, found: `<html><a href="${own}` },
];
for (const each of cases) test(splices, each);

const odd = `\uFEFF<?xml version='1.0' encoding='{0}' standalone="yes"?>\r\n\t<!-- é😀 -->${at(own).replace('>', ' name="é😀&#x41;">\r\n<![CDATA[]]>')}\n\n`;
const encodings: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['utf-8', (text) => Buffer.from(text)],
  ['utf-16', (text) => Buffer.from(text, 'utf16le')],
  ['utf-16BE', (text) => Buffer.from(text, 'utf16le').swap16()],
  ['windows-1252', (text) => Buffer.from(text.replace('\uFEFF', '').replaceAll('😀', ''), 'latin1')],
];
for (const [encoding, write] of encodings) {
  test(`${encoding}: every byte but those of addresses stays`, (t) => {
    const document = odd.replace('{0}', encoding);
    t.deepEqual(rewriteMetadata(write(document), reach), write(document.replace(own, there)));
    const bare = document.slice(1);
    t.deepEqual(rewriteMetadata(write(bare), reach), write(bare.replace(own, there)));
  });
}

test('an encoding in which markup is not ASCII, half a character, nothing at all: left as it is', (t) => {
  t.is(rewriteMetadata(Buffer.from(`<?xml version="1.0" encoding="UTF-7"?>${at(own)}`), reach), null);
  t.is(rewriteMetadata(Buffer.from(at(own), 'utf16le').subarray(0, -1), reach), null);
  t.is(rewriteMetadata(Buffer.alloc(0), reach), null);
});

const text = fc.string({
  unit: fc.constantFrom('<', '>', '/', '"', "'", ' ', '=', '&', '!', '-', '[', ']', '?', 'a', own, 'é'),
});
test('whatever a document is, nothing is thrown, and without an address of ours nothing changes', (t) => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const document = `<wsdl:definitions ${names}>${one}<soap:address location="${own}"/>${other}</wsdl:definitions>`;
      const result = rewritten(document);
      t.is(result.replaceAll(there, own), document);
      const page = `<html>${one}<a href="${own}">${other}</html>`;
      t.is(rewritten(page).replaceAll(there, own), page);
    }),
    { numRuns: 300 },
  );
});
