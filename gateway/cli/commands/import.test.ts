import test from 'ava';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { goldenContract } from '../../../test/helpers/contracts.ts';
import { bindingOf, folderWith, schemaOf, serving, wrapperOf, wsdlOf } from '../../../test/helpers/wsdl.ts';
import { inspect, outcomeOf, wsdls } from '../../../test/wsdls/outcome.ts';
import { routesBlock } from '../routes-block.ts';
import { check } from './check.ts';
import { compiled, inspecting } from './compiled.ts';
import { importContract } from './import.ts';
import type { ExecutionContext } from 'ava';
import type { ImportOptions } from './import.ts';

const captured = () => {
  const written = { out: '', err: '' };
  const io = {
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
  };
  return { io, written };
};

const run = async (wsdl: string, options: Partial<ImportOptions> = {}) => {
  const { io, written } = captured();
  const all: ImportOptions = { wsdl, output: 'table', allowHosts: [], root: null, out: null, ...options };
  const exit = await importContract(all, inspecting, io);
  return { exit, ...written };
};

const checked = async (t: ExecutionContext, files: Readonly<Record<string, string>>) => {
  const folder = await folderWith(t, files);
  const { io, written } = captured();
  const config = [join(folder, 'routes.config.yaml')];
  const exit = await check({ config, output: 'table', env: {}, validateMore: compiled }, io);
  return { exit, out: written.out, err: written.err.replaceAll(`${folder}/`, '') };
};

const mixed = wsdlOf({
  types: schemaOf(wrapperOf('<x:element name="a" type="x:int"/><x:element name="q" type="t:Nowhere"/>')),
});

test('each operation is told with the reason why it cannot be translated', async (t) => {
  const folder = await folderWith(t, { 'service.wsdl': mixed });
  const { exit, out } = await run(join(folder, 'service.wsdl'));
  t.is(exit, 0);
  t.regex(out, /^# 0 of 1 operations can be answered from JSON; 1 document; ports S\.Q \(SOAP 1\.1\)\n/);
  t.regex(out, /\nDo +no +a type that is not declared: \{urn:t\}Nowhere \(service\.wsdl:\d+\)\n/);
});

test('as JSON the same, for programs', async (t) => {
  const { out } = await run(goldenContract('orders-split/OrderService.wsdl'), { output: 'json' });
  const told = JSON.parse(out) as { operations: unknown[]; ports: unknown[]; documents: string[]; hash: string };
  t.deepEqual(told.operations[0], {
    name: 'GetOrder',
    translatable: true,
    reason: null,
    oneWay: false,
    inputs: ['orderId'],
    faults: ['OrderNotFoundFault'],
  });
  t.is(told.documents.length, 6);
  t.regex(told.hash, /^[\da-f]{64}$/);
});

test('a contract that cannot be read ends with one line and exit 1', async (t) => {
  const { exit, out, err } = await run('/nowhere/service.wsdl');
  t.deepEqual([exit, out], [1, '']);
  t.is(err, 'strangler: service.wsdl: cannot be read (ERR_CONTRACT)\n');
});

test('a snapshot of a live service is saved, and its file loads in the gateway', async (t) => {
  const pages: Record<string, string> = {};
  const { url } = await serving(t, pages);
  pages['/Svc.svc?singleWsdl'] = wsdlOf({ binding: bindingOf('B') });
  pages['/Svc.svc?wsdl'] = wsdlOf({
    attributes: 'xmlns:o="urn:o"',
    head: `<w:import namespace="urn:b" location="${url}/Svc.svc?wsdl=wsdl0&amp;x=1"/>`,
    types: schemaOf(
      `<x:import namespace="urn:o" schemaLocation='${url}/Svc.svc?xsd=xsd0'/>${wrapperOf('<x:element name="a" type="o:T"/>')}`,
    ),
  });
  pages['/Svc.svc?wsdl=wsdl0&x=1'] =
    '<w:definitions targetNamespace="urn:b" xmlns:w="http://schemas.xmlsoap.org/wsdl/"/>';
  pages['/Svc.svc?xsd=xsd0'] =
    '<?xml version="1.0" encoding="UTF-8"?><s:schema targetNamespace="urn:o" xmlns:s="http://www.w3.org/2001/XMLSchema"><s:simpleType name="T"><s:restriction base="s:string"/></s:simpleType></s:schema>';
  const folder = await folderWith(t, {});
  const saved = await run(`${url}/Svc.svc?wsdl`, { out: join(folder, 'contracts'), output: 'json' });
  t.is(saved.err, '');
  t.deepEqual(await readdir(join(folder, 'contracts')), ['Svc.wsdl', 'Svc.wsdl0.wsdl', 'Svc.xsd0.xsd']);
  const { routes } = JSON.parse(saved.out) as { routes: string };
  const { exit, err, out } = await checked(t, { 'routes.config.yaml': routes });
  t.is(exit, 0, err);
  t.regex(out, /\nS +Do +0 %/);
  t.is((await run(`${url}/Svc.svc?singleWsdl`)).exit, 0);
});

test('a host that is not allowed is named, with what to do', async (t) => {
  const { url } = await serving(t, {
    '/?wsdl': wsdlOf({ head: '<w:import namespace="urn:b" location="http://169.254.169.254/latest/"/>' }),
  });
  const { exit, err } = await run(`${url}/?wsdl`);
  t.is(exit, 1);
  t.regex(err, /allow the host 169\.254\.169\.254/);
});

test('the file that is offered for any WSDL of others is taken by the gateway', async (t) => {
  for (const name of wsdls()) {
    if ('error' in (await outcomeOf(name))) continue;
    const inspected = await inspect(name);
    const files = Object.fromEntries(inspected.snapshot.map((file) => [file.name, file.text]));
    const block = routesBlock(inspected, { wsdl: inspected.snapshot[0]?.name ?? '' });
    const { exit, err } = await checked(t, { ...files, 'routes.config.yaml': block });
    t.is(exit, 0, `${name}\n${block}\n${err}`);
  }
});

test('names in a WSDL write nothing of their own into the file or on the terminal', async (t) => {
  const evil = wsdlOf()
    .replaceAll('name="Do"', 'name="a: b&#10;  evil: &#155;2J"')
    .replace('name="S"', 'name="../x: y"');
  const folder = await folderWith(t, { 'service.wsdl': evil });
  const { exit, out, err } = await run(join(folder, 'service.wsdl'));
  t.is(exit, 0, err);
  t.notRegex(out, /\u009B|^ *evil/m);
});

const config = (operation: string, more = ''): string => `destinations:
  old: { adapter: soap, url: "http://127.0.0.1:7001/Svc.svc", wsdl: service.wsdl }
  new: { adapter: http, url: "http://127.0.0.1:7002" }
routes:
  svc:
    match: { path: /Svc.svc }
    protocol: soap
    legacy: old
    modern: new
    ${more}
    operations:
      Do: ${operation}
`;

const loads = test.macro({
  exec: async (t, operation: string, expected: RegExp | null, more?: string) => {
    const { exit, err } = await checked(t, { 'service.wsdl': mixed, 'routes.config.yaml': config(operation, more) });
    t.is(exit, expected === null ? 0 : 1, err);
    if (expected !== null) t.regex(err, expected);
  },
  title: (name = '') => `an operation that can only be passed through: ${name}`,
});
test('weight 0 beside a modern is taken', loads, '{ weight: 0 }', null);
test(
  'a weight above 0 is an error',
  loads,
  '{ weight: 0.01 }',
  /routes\.config\.yaml:12:7 +error +routes\.svc\.operations\.Do: a weight above 0, but Do can only be passed through, not answered from JSON: a type that is not declared: \{urn:t\}Nowhere/,
);
test('a weight of its route is an error', loads, '{ effect: read }', /a weight above 0, but Do can only/, 'weight: 5');
test('call is an error, whatever the weight', loads, '{ call: GET /do }', /Do\.call: call, but Do can only be passed/);
test('include is an error', loads, '{ include: ["client-1"] }', /include, but Do can only be passed through/);
