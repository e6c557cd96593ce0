// One catalog on several routes: on one nothing has moved, on the others all; and a bystander, to whom nobody may ever connect.
import type { ExecutionContext } from 'ava';
import { catalog } from '../helpers/catalog.ts';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { cannedUpstream, latin1, soapRequest, type Canned, type Request, type Upstream } from './payload-rig.ts';

export const catalogNs = 'http://contoso.example/catalog';
export const actionOf = (operation: string): string => `${catalogNs}/ICatalog/${operation}`;
export const find = `<Find xmlns="${catalogNs}"><what>x</what></Find>`;

export interface MovedRig {
  readonly gateway: Gateway;
  readonly legacy: Upstream;
  readonly modern: Upstream;
  /** Where attackers point; nobody may connect. */
  readonly bystander: { readonly url: string; readonly connections: readonly string[] };
  /** What they answer from now on. */
  readonly answers: { legacy: Canned; modern: Canned };
}

export const soapAnswer = (body: string, type = 'text/xml; charset=utf-8'): Canned => ({
  lines: `Content-Type: ${type}\r\n`,
  body,
});
export const jsonAnswer = (json: string, status = '200 OK'): Canned => ({
  status,
  lines: 'Content-Type: application/json\r\n',
  body: latin1(json),
});

const operations = ['Find', 'EchoScalars', 'Price', 'Tell'];
const route = (name: string, sides: string, weight: number): string => `
  ${name}:
    match: { path: /${name} }
    protocol: soap
    ${sides}
    decisionHeader: true
    cohort: ip
    operations: { ${operations.map((each) => `${each}: { effect: read, weight: ${weight} }`).join(', ')} }`;

/** Paths: `/kept`, `/moved`, `/own`, where nobody checks credentials any more, and `/alone`, where modern's failures are the client's. */
export const movedRig = async (t: Pick<ExecutionContext, 'teardown'>): Promise<MovedRig> => {
  const answers = { legacy: soapAnswer('<from-legacy/>'), modern: jsonAnswer('{"Sku":"s"}') };
  const legacy = await cannedUpstream(t, () => answers.legacy);
  const modern = await cannedUpstream(t, () => answers.modern);
  const { port, connections } = await rawUpstream(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  const both = 'legacy: old\n    modern: new';
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${catalog.wsdl}' }
  new: { adapter: http, url: '${modern.url}', breaker: off } # each row fails by itself
routes:${route('kept', both, 0)}${route('moved', both, 100)}${route('own', `${both}\n    identity: ignore\n    treat: { 400: client }`, 100)}${route('alone', `${both}\n    fallback: off`, 100)}`,
  );
  return { gateway, legacy, modern, bystander: { url: `http://127.0.0.1:${port}`, connections }, answers };
};

/** How many requests each has had since. */
export const since = ({ legacy, modern, bystander }: MovedRig) => {
  const before = [legacy.asked().length, modern.asked().length, bystander.connections.length] as const;
  return {
    legacy: () => legacy.asked().slice(before[0]),
    modern: () => modern.asked().slice(before[1]),
    bystander: () => bystander.connections.slice(before[2]),
  };
};

/** A call of Find with these header blocks. */
export const findCall = (path: string, around: Partial<Parameters<typeof soapRequest>[0]> = {}): Request =>
  soapRequest({ path, action: actionOf('Find'), content: find, ...around });
