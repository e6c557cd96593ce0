// Rows C16, C20, C21 and C22 of the wire checklist in docs/reference/wire-payload.md: what of a contract is only passed through says so
// before any traffic, and passes byte for byte. References between objects (C16) are translated.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bindingOf, schemaOf, wrapperOf, wsdlOf } from '../helpers/wsdl.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { xmlForm } from '../helpers/xml-form.ts';
import { cannedUpstream, decisionOf, envelope, exchanged, latin1, soapRequest, utf8 } from './payload-rig.ts';

const serialization = 'http://schemas.microsoft.com/2003/10/Serialization/';
const encoding = 'http://schemas.xmlsoap.org/soap/encoding/';
const body = (style: string): string => `<s:body use="${style}" namespace="urn:t" encodingStyle="${encoding}"/>`;
const overload = (name: string): string =>
  `<w:operation name="Do"><s:operation soapAction="urn:do/${name}"/><w:input name="${name}"><s:body use="literal"/></w:input><w:output name="${name}Out"><s:body use="literal"/></w:output></w:operation>`;

interface Case {
  readonly says: string;
  readonly wsdl: string;
  readonly reason: RegExp;
  readonly action: string;
  /** Of the request; the reply is the same, answered. */
  readonly content: string;
}
const cases: readonly Case[] = [
  {
    says: 'C20 a DataSet, its schema and diffgram',
    wsdl: wsdlOf({
      types: schemaOf(
        wrapperOf(
          '<x:element name="a"><x:complexType><x:sequence><x:element ref="x:schema"/><x:any/></x:sequence></x:complexType></x:element>',
        ),
      ),
    }),
    reason: /an ADO\.NET DataSet/,
    action: 'urn:do',
    content:
      '<Do xmlns="urn:t"><a><xs:schema id="D" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:msdata="urn:schemas-microsoft-com:xml-msdata"/><diffgr:diffgram xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1"><D xmlns=""><T diffgr:id="T1"/></D></diffgr:diffgram></a></Do>',
  },
  {
    says: 'C21 rpc/encoded, with types everywhere and references to other elements',
    wsdl: wsdlOf({
      messages:
        '<w:message name="In"><w:part name="a" type="x:int"/></w:message><w:message name="Out"><w:part name="b" type="x:int"/></w:message>',
      binding: bindingOf('B', { input: body('encoded'), output: body('encoded') }).replace(
        '<s:binding ',
        '<s:binding style="rpc" ',
      ),
    }),
    reason: /rpc\/encoded/,
    action: 'urn:do',
    content: `<t:Do xmlns:t="urn:t" s:encodingStyle="${encoding}"><a href="#id0"/></t:Do><multiRef id="id0" xmlns:e="${encoding}" e:root="0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema" xsi:type="x:int">1</multiRef>`,
  },
  ...['One', 'Two'].map((name) => ({
    says: `C22 overload ${name} of an operation`,
    wsdl: wsdlOf({
      types: schemaOf(
        ['One', 'OneOut', 'Two', 'TwoOut']
          .map((each) => `<x:element name="${each}"><x:complexType><x:sequence/></x:complexType></x:element>`)
          .join(''),
      ),
      messages: ['One', 'OneOut', 'Two', 'TwoOut']
        .map((each) => `<w:message name="${each}"><w:part name="parameters" element="t:${each}"/></w:message>`)
        .join(''),
      portType: `<w:portType name="P">${['One', 'Two'].map((each) => `<w:operation name="Do"><w:input name="${each}" message="t:${each}"/><w:output name="${each}Out" message="t:${each}Out"/></w:operation>`).join('')}</w:portType>`,
      binding: `<w:binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>${overload('One')}${overload('Two')}</w:binding>`,
    }),
    reason: /2 operations named Do, overloads of one port type/,
    action: `urn:do/${name}`,
    content: `<${name} xmlns="urn:t"/>`,
  })),
];

const withWsdl = (wsdl: string) => ({ prepare: (folder: string) => writeFile(join(folder, 'service.wsdl'), wsdl) });
const routes = (legacy: string, modern: string, weight: number): string => `
destinations:
  old: { adapter: soap, url: '${legacy}', wsdl: service.wsdl }
  new: { adapter: http, url: '${modern}' }
routes:
  svc:
    match: { path: /Svc.svc }
    protocol: soap
    legacy: old
    modern: new
    decisionHeader: true
    cohort: ip
    operations: { Do: { effect: read, weight: ${weight} } }`;

const passes = test.macro({
  async exec(t: ExecutionContext, { wsdl, reason, action, content }: Case) {
    const answer = latin1(envelope(content.replace('Do', 'DoResponse')));
    const legacy = await cannedUpstream(t, () => ({
      lines: 'Content-Type: text/xml; charset=utf-8\r\n',
      body: answer,
    }));
    const refused = await t.throwsAsync(gatewayHere(t, routes(legacy.url, legacy.url, 1), withWsdl(wsdl)));
    t.regex(refused.message, reason);
    const gateway = await gatewayHere(t, routes(legacy.url, legacy.url, 0), withWsdl(wsdl));
    const request = soapRequest({ path: '/Svc.svc', action, content });
    const reply = await exchanged(gateway, request);
    t.regex(decisionOf(reply), / legacy /);
    t.deepEqual(
      legacy.asked().map((each) => each.body),
      [request.body],
    );
    t.is(reply.body, answer);
  },
  title: (_, { says }: Case) => `${says}: passed through, and no weight is taken for it`,
});
for (const each of cases) test(passes, each);

test('C16 references between objects are kept, and not followed', async (t) => {
  const types =
    `<x:schema targetNamespace="${serialization}"><x:attribute name="Id" type="x:ID"/><x:attribute name="Ref" type="x:IDREF"/></x:schema>` +
    schemaOf(
      `<x:import namespace="${serialization}"/><x:complexType name="N"><x:sequence><x:element name="v" type="x:int" minOccurs="0"/><x:element name="next" type="t:N" minOccurs="0" nillable="true"/></x:sequence><x:attribute ref="z:Id"/><x:attribute ref="z:Ref"/></x:complexType>` +
        wrapperOf('<x:element name="a" type="t:N"/>').replace(
          '<x:sequence/>',
          '<x:sequence><x:element name="r" type="t:N"/></x:sequence>',
        ),
    );
  const modern = await cannedUpstream(t, () => ({
    lines: 'Content-Type: application/json\r\n',
    body: '{"$id":"i7","next":{"$ref":"i7"}}',
  }));
  const gateway = await gatewayHere(
    t,
    routes(modern.url, modern.url, 100),
    withWsdl(wsdlOf({ types, attributes: `xmlns:z="${serialization}"` })),
  );
  const content = `<Do xmlns="urn:t" xmlns:z="${serialization}"><a z:Id="i1"><v>1</v><next z:Ref="i1"/></a></Do>`;
  const reply = await exchanged(gateway, soapRequest({ path: '/Svc.svc', action: 'urn:do', content }));
  t.is(decisionOf(reply), 'Do modern weight');
  t.deepEqual(JSON.parse(modern.asked()[0]!.body), { a: { $id: 'i1', v: 1, next: { $ref: 'i1' } } });
  const wanted = `<DoResponse xmlns="urn:t" xmlns:z="${serialization}"><r z:Id="i7"><next z:Ref="i7"/></r></DoResponse>`;
  t.is(xmlForm(utf8(reply.body)), xmlForm(envelope(wanted)));
});
