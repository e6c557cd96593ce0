// Rows D12–D15 of the wire checklist in docs/reference/wire-payload.md: credentials, conversations and sessions that belong to legacy.
import test, { type ExecutionContext } from 'ava';
import { catalog } from '../helpers/catalog.ts';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { actionOf, find, findCall, jsonAnswer, movedRig, since, soapAnswer, type MovedRig } from './moved-rig.ts';
import { cannedUpstream, decisionOf, envelope, exchanged, field, soap11, soap12, wsa } from './payload-rig.ts';

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});
let started: Promise<MovedRig> | null = null;
const rig = (): Promise<MovedRig> => (started ??= movedRig(whole));

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const credentials = `<o:Security s:mustUnderstand="1" xmlns:o="${wsse}"><o:UsernameToken><o:Username>alice</o:Username><o:Password>p</o:Password></o:UsernameToken></o:Security>`;

for (const path of ['/kept', '/moved']) {
  test.serial(
    `D12 by ${path} message credentials reach a legacy without TLS as they came, and so does its refusal`,
    async (t) => {
      const all = await rig();
      const { legacy, modern } = since(all);
      const refusal = envelope(
        `<s:Fault><faultcode xmlns:a="${wsse}">a:InvalidSecurity</faultcode><faultstring>needs TLS</faultstring></s:Fault>`,
      );
      all.answers.legacy = { status: '500 Internal Server Error', ...soapAnswer(refusal) };
      const request = findCall(path, { header: credentials });
      const reply = await exchanged(all.gateway, request);
      t.deepEqual(
        legacy().map(({ body }) => body),
        [request.body],
      );
      t.is(reply.body, refusal);
      t.deepEqual(modern(), []);
    },
  );
}

interface Conversing {
  readonly says: string;
  readonly action: string;
  readonly header?: string;
  readonly content?: string;
}
const trust = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
const trust13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const messaging = 'http://schemas.xmlsoap.org/ws/2005/02/rm';
const messaging11 = 'http://docs.oasis-open.org/ws-rx/wsrm/200702';
const conversation = 'http://schemas.xmlsoap.org/ws/2005/02/sc';
const own = actionOf('Find');
const conversing: readonly Conversing[] = [
  ...[trust, trust13].flatMap((ns) => [
    {
      says: `the handshake ${ns}/RST/SCT`,
      action: `${ns}/RST/SCT`,
      content: `<t:RequestSecurityToken xmlns:t="${ns}"/>`,
    },
    {
      says: `a token asked of ${ns} under the name of an operation`,
      action: own,
      content: `<t:RequestSecurityToken xmlns:t="${ns}"/>`,
    },
    { says: `${ns}/RST/Issue around an operation`, action: `${ns}/RST/Issue` },
  ]),
  ...[messaging, messaging11].flatMap((ns) => [
    { says: `${ns}/CreateSequence`, action: `${ns}/CreateSequence`, content: `<r:CreateSequence xmlns:r="${ns}"/>` },
    { says: `an empty ${ns}/SequenceAcknowledgement`, action: `${ns}/SequenceAcknowledgement`, content: '' },
    {
      says: `an operation inside a sequence of ${ns}`,
      action: own,
      header: `<r:Sequence xmlns:r="${ns}" s:mustUnderstand="1"><r:Identifier>urn:1</r:Identifier></r:Sequence>`,
    },
    {
      says: `an operation that acknowledges a sequence of ${ns}, without mustUnderstand`,
      action: own,
      header: `<r:SequenceAcknowledgement xmlns:r="${ns}"/>`,
    },
  ]),
  {
    says: 'an operation under a secure conversation',
    action: own,
    header: `<o:Security xmlns:o="${wsse}"><c:SecurityContextToken xmlns:c="${conversation}"/></o:Security>`,
  },
];
const stays = test.macro({
  async exec(t: ExecutionContext, { action, header = '', content = find }: Conversing) {
    const all = await rig();
    all.answers.legacy = soapAnswer('<from-legacy/>');
    const counted = (): Promise<number> => all.gateway.metric('strangler_undecided_total', { reason: 'session' });
    const before = await counted();
    for (const version of [soap11, soap12] as const) {
      for (const path of ['/moved', '/own', '/alone', '/kept']) {
        const { legacy, modern } = since(all);
        const block = `<a:Action xmlns:a="${wsa}">${action}</a:Action>${header}`;
        const request = findCall(path, { header: block, content, version, action: version === soap11 ? action : null });
        t.is((await exchanged(all.gateway, request)).body, '<from-legacy/>');
        t.deepEqual(
          legacy().map(({ body }) => body),
          [request.body],
        );
        t.deepEqual(modern(), []);
      }
    }
    await eventually(async () => (await counted()) === before + 8);
  },
  title: (_, { says }: Conversing) => `D13 ${says} is legacy’s, whatever the weights`,
});
for (const each of conversing) test.serial(stays, each);

const split = async (t: ExecutionContext) => {
  const legacy = await cannedUpstream(t, () => ({
    lines: 'Content-Type: text/xml; charset=utf-8\r\nSet-Cookie: ASP.NET_SessionId=next; path=/; HttpOnly\r\n',
    body: envelope('<from-legacy/>'),
  }));
  const modern = await cannedUpstream(t, () => jsonAnswer('{"Sku":"s"}'));
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${catalog.wsdl}' }
  new: { adapter: http, url: '${modern.url}' }
routes:
  split:
    match: { path: /split }
    protocol: soap
    legacy: old
    modern: new
    decisionHeader: true
    cohort: { cookie: ASP.NET_SessionId }
    operations: { Find: { effect: read, weight: 50 } }`,
  );
  return { legacy, gateway };
};

test('D14 calls of an operation that carry one session cookie stay on one side, and legacy’s cookies pass', async (t) => {
  const { legacy, gateway } = await split(t);
  const sides = new Map<string, Set<string>>();
  for (let call = 0; call < 60; call++) {
    const session = `s${call % 20}`;
    const request = findCall('/split');
    const cookie = `Cookie: other=1; ASP.NET_SessionId=${session}`;
    const reply = await exchanged(gateway, { ...request, lines: [...request.lines, cookie] });
    const decision = decisionOf(reply);
    sides.set(session, (sides.get(session) ?? new Set()).add(decision));
    if (decision !== 'Find legacy weight') continue;
    t.is(field(legacy.asked().at(-1)!, 'Cookie'), cookie.slice('Cookie: '.length));
    t.is(field(reply, 'Set-Cookie'), 'ASP.NET_SessionId=next; path=/; HttpOnly');
  }
  t.true([...sides.values()].every((each) => each.size === 1));
  for (const side of ['legacy', 'modern'])
    t.true(
      [...sides.values()].some((each) => each.has(`Find ${side} weight`)),
      side,
    );
});

const identities = [
  '<Upn>svc@CONTOSO</Upn>',
  '<Spn>HTTP/srv01.corp.local:8080</Spn>',
  '<Dns>srv01.corp.local</Dns>',
  '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>MIIB\r\n+A==</X509Certificate></X509Data></KeyInfo>',
];
for (const identity of identities) {
  const name = /<(\w+)/.exec(identity)![1]!;
  test.serial(`D15 the service’s identity (${name}) survives the rewriting of the address beside it`, async (t) => {
    const all = await rig();
    const wsdl = (address: string): string =>
      `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:a="${wsa}"><w:service name="S"><w:port name="P" binding="P"><s:address location="${address}"/><a:EndpointReference><a:Address>${address}</a:Address><Identity xmlns="http://schemas.xmlsoap.org/ws/2006/02/addressingidentity">${identity}</Identity></a:EndpointReference></w:port></w:service></w:definitions>`;
    all.answers.legacy = soapAnswer(wsdl(`${all.legacy.url}/kept`));
    const reply = await fetch(`${all.gateway.url}/kept?wsdl`);
    t.is(await reply.text(), wsdl(`${all.gateway.url}/kept`));
  });
}
