// WCF compares wsa:To with its own address: what `rewriteTo` is for, against a real one.
import { join } from 'node:path';
import test from 'ava';
import { compile, run } from '../../examples/orders/legacy-wcf/mono.ts';
import { where } from '../helpers/components.ts';
import { freePort } from '../helpers/free-port.ts';
import { root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';

const withMono = where(test, 'mono');

const envelope = (to: string): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>` +
  `<a:Action s:mustUnderstand="1">urn:addressed/IAddressed/Echo</a:Action><a:MessageID>urn:uuid:0f5e2b52-3a41-4a0c-9d6a-0d4c6c1f7a11</a:MessageID>` +
  `<a:To s:mustUnderstand="1">${to}</a:To></s:Header><s:Body><Echo xmlns="urn:addressed"><text>a</text></Echo></s:Body></s:Envelope>`;

withMono('WCF turns a call to the public address away, and answers it with rewriteTo', async (t) => {
  const files = [join(root, 'test/services/addressed/AddressedService.cs')];
  const program = await compile({ name: 'AddressedService', files, assemblies: ['System.ServiceModel'] });
  const wcf = await run(program, [String(await freePort())]);
  t.teardown(() => wcf.close());
  const gateway = await gatewayHere(
    t,
    `
destinations:
  as-it-came: { adapter: soap, url: '${wcf.url}' }
  rewritten: { adapter: soap, url: '${wcf.url}', rewriteTo: true }
routes:
  plain: { match: { path: /plain/Addressed.svc }, protocol: soap, legacy: as-it-came }
  rewritten: { match: { path: /Addressed.svc }, protocol: soap, legacy: rewritten }
`,
  );
  const ask = async (path: string) => {
    const url = gateway.url + path;
    const headers = { 'content-type': 'application/soap+xml; charset=utf-8; action="urn:addressed/IAddressed/Echo"' };
    const reply = await fetch(url, { method: 'POST', headers, body: envelope(url) });
    return await reply.text();
  };
  t.regex(await ask('/plain/Addressed.svc'), /DestinationUnreachable/);
  t.regex(await ask('/Addressed.svc'), /<EchoResult>echo a<\/EchoResult>/);
});
