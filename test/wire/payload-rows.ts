// Rows of the payload as tables: what a client sends, what modern is asked in JSON, what it answers, what the client gets. Each row is
// also sent through a route on which nothing has moved: there its bytes pass, both ways.
import test, { type ExecutionContext } from 'ava';
import { catalog, baskets } from '../helpers/catalog.ts';
import { goldenContract } from '../helpers/contracts.ts';
import { xmlForm } from '../helpers/xml-form.ts';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import {
  cannedUpstream,
  decisionOf,
  envelope,
  exchanged,
  latin1,
  soapRequest,
  utf8,
  type Upstream,
} from './payload-rig.ts';

export const catalogNs = 'http://contoso.example/catalog';
export const dataNs = 'http://schemas.datacontract.org/2004/07/Contoso.Catalog';
export const arraysNs = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
export const systemNs = 'http://schemas.datacontract.org/2004/07/System';
export const basketsNs = 'http://contoso.example/baskets';
export const xsi = 'http://www.w3.org/2001/XMLSchema-instance';

const contracts = {
  catalog: {
    wsdl: catalog.wsdl,
    action: (operation: string) => `${catalogNs}/ICatalog/${operation}`,
    operations: ['Scalars', 'Nullables', 'Lists', 'Texts', 'Tree', 'Shapes', 'Any']
      .flatMap((kind) => [`Get${kind}`, `Echo${kind}`])
      .concat('Find', 'Price', 'Bare'),
  },
  baskets: {
    wsdl: baskets.wsdl,
    action: (operation: string) => `${basketsNs}/${operation}`,
    operations: ['GetBasket', 'EchoBasket', 'Join', 'Count'],
  },
  shapes: {
    wsdl: goldenContract('shapes.wsdl'),
    action: (operation: string) => `urn:shapes/${operation}`,
    operations: ['Unqualified', 'Recursive', 'Empty'],
  },
  finder: { wsdl: goldenContract('laws/rpc-literal.wsdl'), action: () => '', operations: ['find', 'ping'] },
} as const;

export interface Row {
  /** Such as `C8`. */
  readonly id: string;
  readonly says: string;
  readonly at?: keyof typeof contracts;
  readonly operation: string;
  /** Content of the request's Body. */
  readonly content: string;
  /** Body that modern is asked with; null: nobody asks modern, for the request does not fit. */
  readonly asked?: unknown;
  /** Text of modern's answer. */
  readonly answer?: string;
  /** Content of the reply's Body, in meaning; null: modern's answer does not fit, and legacy answers. */
  readonly replied: string | null;
  /** Where the names of the call lead, where that is not to modern. */
  readonly decided?: string;
  /** What also stands in the reply, to the byte. */
  readonly written?: RegExp;
}

/** Content of a call and of its reply, in the catalog's names; `c`, `d` and `i` are prefixes of contract, data and instance. */
export const get = (kind: string, row = '1'): string =>
  `<Get${kind} xmlns="${catalogNs}"><row>${row}</row></Get${kind}>`;
export const echo = (kind: string, content: string): string =>
  `<Echo${kind} xmlns="${catalogNs}" xmlns:d="${dataNs}" xmlns:i="${xsi}"><value>${content}</value></Echo${kind}>`;
export const got = (kind: string, content: string): string =>
  `<c:Get${kind}Response xmlns:c="${catalogNs}" xmlns:d="${dataNs}" xmlns:i="${xsi}"><c:Get${kind}Result>${content}</c:Get${kind}Result></c:Get${kind}Response>`;
export const echoed = (kind: string, content: string): string =>
  got(kind, content).replaceAll(/Get(?=\w+Res)/g, 'Echo');
export const find = `<Find xmlns="${catalogNs}"><what>x</what></Find>`;
export const found = (content: string): string =>
  `<c:FindResponse xmlns:c="${catalogNs}" xmlns:d="${dataNs}" xmlns:i="${xsi}">${content}</c:FindResponse>`;
export const item = (content: string): string => found(`<c:FindResult>${content}</c:FindResult>`);

interface Rig {
  readonly gateway: Gateway;
  readonly legacy: Upstream;
  readonly modern: Upstream;
  /** What both answer to the call under way. */
  readonly answers: { legacy: string; modern: string };
}

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});

const routesOf = (weight: number, legacy: Upstream, modern: Upstream): string => `
destinations:
${Object.entries(contracts)
  .map(
    ([name, { wsdl }]) => `  old-${name}: { adapter: soap, url: '${legacy.url}', wsdl: '${wsdl}' }
  new-${name}: { adapter: http, url: '${modern.url}', breaker: off }`,
  )
  .join('\n')}
routes:
${Object.entries(contracts)
  .map(
    ([name, { operations }]) => `  ${name}:
    match: { path: /${name} }
    protocol: soap
    legacy: old-${name}
    modern: new-${name}
    decisionHeader: true
    cohort: ip
    operations: { ${operations.map((each) => `${each}: { effect: read, weight: ${weight} }`).join(', ')} }`,
  )
  .join('\n')}`;

const makeRig = async (weight: number): Promise<Rig> => {
  const answers = { legacy: '', modern: '' };
  const legacy = await cannedUpstream(whole, () => ({
    lines: 'Content-Type: text/xml; charset=utf-8\r\n',
    body: latin1(answers.legacy),
  }));
  const modern = await cannedUpstream(whole, () => ({
    lines: 'Content-Type: application/json\r\n',
    body: latin1(answers.modern),
  }));
  return { gateway: await gatewayHere(whole, routesOf(weight, legacy, modern)), legacy, modern, answers };
};
const rigs = new Map<number, Promise<Rig>>();
const rigOf = (weight: number): Promise<Rig> => {
  const made = rigs.get(weight) ?? makeRig(weight);
  rigs.set(weight, made);
  return made;
};

const requestOf = ({ at = 'catalog', operation, content }: Row) =>
  soapRequest({ path: `/${at}`, action: contracts[at].action(operation), content });

/** As a legacy service might have written it: no two tokens of it are as we write them. */
const byLegacy = (content: string): string =>
  `\uFEFF<?xml version='1.0'?>\r\n<!-- legacy --><S:Envelope  xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'>\n<S:Body >${content}</S:Body></S:Envelope>\r\n`;

const answered = async (t: ExecutionContext, row: Row): Promise<void> => {
  const { gateway, legacy, modern, answers } = await rigOf(100);
  answers.modern = row.answer ?? '{}';
  answers.legacy = byLegacy('<from-legacy/>');
  const [before, modernBefore] = [legacy.asked().length, modern.asked().length];
  const request = requestOf(row);
  const reply = await exchanged(gateway, request);
  t.is(decisionOf(reply), row.decided ?? `${row.operation} modern weight`, reply.head);
  const asked = modern.asked().slice(modernBefore);
  t.deepEqual(
    asked.map(({ line }) => line),
    row.asked === null ? [] : [`POST /${row.operation} HTTP/1.1`],
  );
  if (row.asked !== undefined && row.asked !== null) t.deepEqual(JSON.parse(utf8(asked[0]!.body)), row.asked);
  if (row.replied === null) {
    t.deepEqual(
      legacy
        .asked()
        .slice(before)
        .map(({ body }) => body),
      [request.body],
    );
    t.is(reply.body, latin1(answers.legacy));
    return;
  }
  t.is(legacy.asked().length, before, reply.body);
  t.is(reply.line, 'HTTP/1.1 200 OK');
  t.is(xmlForm(utf8(reply.body)), xmlForm(envelope(row.replied)), reply.body);
  t.regex(utf8(reply.body), row.written ?? /^<s:Envelope /);
};

const relayed = async (t: ExecutionContext, row: Row): Promise<void> => {
  const { gateway, legacy, modern, answers } = await rigOf(0);
  answers.legacy = byLegacy(row.replied ?? '<from-legacy/>');
  const request = requestOf(row);
  const reply = await exchanged(gateway, request);
  t.regex(decisionOf(reply), / legacy /, reply.head);
  t.is(legacy.asked().at(-1)?.body, request.body);
  t.is(reply.body, latin1(answers.legacy));
  t.is(modern.asked().length, 0);
};

const shows = test.macro({
  async exec(t, row: Row) {
    await answered(t, row);
    await relayed(t, row);
  },
  title: (_, { id, says }: Row) => `${id} ${says}`,
});

export const showRows = (rows: readonly Row[]): void => {
  for (const row of rows) test.serial(shows, row);
};
