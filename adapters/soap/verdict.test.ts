import test from 'ava';
import { soapFault } from './protocol-fault.ts';
import { verdictOf } from './verdict.ts';
import { envelope11, envelope12, soap11 } from '../../test/golden/envelopes.ts';
import type { Verdict } from '../adapter.ts';

const declared = new Map([['{urn:orders}NotFound', 'NotFound'] as const]);

const short = (verdict: Verdict): string => (verdict.blame === 'destination' ? verdict.reason : verdict.blame);

const verdict = test.macro({
  exec: (t, status: number, body: string | Buffer, expected: string, type: string | null = null) => {
    t.is(short(verdictOf(status, type, Buffer.from(body), declared)), expected);
  },
  title: (name, status: number, _: string | Buffer, expected: string, _type?: string | null) =>
    `${name}, ${status}: ${expected}`,
});

const fault11 = (code: string, detail = ''): string =>
  envelope11(`<s:Fault><faultcode>${code}</faultcode><faultstring>x</faultstring>${detail}</s:Fault>`);
const fault12 = (code: string, detail = ''): string =>
  envelope12(
    `<s:Fault><s:Code><s:Value>${code}</s:Value><s:Subcode><s:Value>s:Sender</s:Value></s:Subcode></s:Code>${detail}</s:Fault>`,
  );
const notFound = '<NotFound xmlns="urn:orders"><id>1</id></NotFound>';

test('an answer', verdict, 200, envelope11('<A/>'), 'nobody');
test(
  'an answer that speaks of a Fault',
  verdict,
  200,
  envelope11('<A><Fault/><faultcode>s:Server</faultcode></A>'),
  'nobody',
);
test(
  'an operation named Fault',
  verdict,
  200,
  envelope11('<Fault xmlns="urn:x"><faultcode>Server</faultcode></Fault>'),
  'nobody',
);
test(
  'a Fault in the Header',
  verdict,
  200,
  envelope11('<A/>', `<s:Header>${fault11('s:Server')}</s:Header>`),
  'nobody',
);
test('a Fault as the second child', verdict, 200, envelope11('<A/><s:Fault/>'), 'nobody');
test(
  'two codes',
  verdict,
  500,
  envelope11('<s:Fault><faultcode>s:Server</faultcode><faultcode>s:Client</faultcode></s:Fault>'),
  'fault',
);
test('nothing, accepted', verdict, 202, '', 'nobody');
test('server fault', verdict, 500, fault11('s:Server'), 'fault');
test('server fault', verdict, 200, fault11('s:Server'), 'fault');
test('server fault in pieces', verdict, 500, fault11('s:Cl<!-- -->ient'), 'client');
test('client fault', verdict, 500, fault11('s:Client'), 'client');
test('client fault, dotted', verdict, 500, fault11('soap:Client.Authentication'), 'client');
test('client fault without a prefix', verdict, 500, fault11(' Client '), 'client');
test('client fault', verdict, 400, fault11('s:Client'), 'client');
test('client fault', verdict, 503, fault11('s:Client'), 'client');
test('fault of a code that is not known', verdict, 500, fault11('a:InternalServiceFault'), 'fault');
test('fault of a code like Client', verdict, 500, fault11('s:Clients'), 'fault');
test('fault without a code', verdict, 500, envelope11('<s:Fault/>'), 'fault');
test('declared fault', verdict, 500, fault11('s:Server', `<detail>${notFound}</detail>`), 'nobody');
test('declared 1.2 fault', verdict, 500, fault12('s:Receiver', `<s:Detail>${notFound}</s:Detail>`), 'nobody');
test('declared fault of ASMX 1.2', verdict, 500, fault12('s:Receiver', `<detail>${notFound}</detail>`), 'nobody');
test(
  'declared fault as the second detail',
  verdict,
  500,
  fault11('s:Server', `<detail><x/>${notFound}</detail>`),
  'fault',
);
test('declared name in another namespace', verdict, 500, fault11('s:Server', '<detail><NotFound/></detail>'), 'fault');
test('sender fault', verdict, 500, fault12('s:Sender'), 'client');
test('receiver fault with a subcode like Sender', verdict, 500, fault12('s:Receiver'), 'fault');
test('fault that is cut behind its code', verdict, 500, fault11('s:Client').slice(0, -60), 'client');
test(
  'fault in UTF-16',
  verdict,
  500,
  Buffer.from(`\ufeff${fault11('s:Client')}`, 'utf16le'),
  'client',
  'text/xml; charset=utf-16',
);
test(
  'fault in a multipart',
  verdict,
  500,
  `--b\r\n\r\n${fault11('s:Client')}\r\n--b--`,
  'client',
  'multipart/related; type="text/xml"; boundary=b',
);
test('fault with a DOCTYPE', verdict, 500, `<!DOCTYPE s>${fault11('s:Client')}`, '5xx');
test('HTML', verdict, 502, '<html>Fault<br></html>', '5xx');
test('nothing', verdict, 500, '', '5xx');
test('unavailable', verdict, 503, 'busy', '5xx');
test('not found', verdict, 404, '<html/>', 'client');
test('unauthorised', verdict, 401, '', 'client');
test('moved', verdict, 302, '', 'nobody');
test(
  'an envelope without a fault',
  verdict,
  500,
  `<s:Envelope xmlns:s="${soap11}"><s:Body><A>Fault</A></s:Body></s:Envelope>`,
  '5xx',
);

test('a fault that the gateway makes is read as it was meant', (t) => {
  for (const version of ['1.1', '1.2'] as const) {
    for (const [blame, expected] of [
      ['client', 'client'],
      ['gateway', 'fault'],
    ] as const) {
      const reply = soapFault({ status: 400, code: 'ERR_X', message: 'no', blame }, version);
      t.is(short(verdictOf(500, reply.head.raw[1] ?? null, reply.body.bytes ?? Buffer.alloc(0), declared)), expected);
    }
  }
});
