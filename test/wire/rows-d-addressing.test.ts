// Rows D4–D8 of the wire checklist in docs/reference/wire-payload.md: WS-Addressing.
import test, { type ExecutionContext } from 'ava';
import { xmlForm } from '../helpers/xml-form.ts';
import { actionOf, catalogNs, findCall, jsonAnswer, movedRig, since, soapAnswer, type MovedRig } from './moved-rig.ts';
import { decisionOf, envelope, exchanged, soap11, soap12, utf8, wsa, type Request } from './payload-rig.ts';

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});
let started: Promise<MovedRig> | null = null;
const rig = (): Promise<MovedRig> => (started ??= movedRig(whole));

const id = 'urn:uuid:6f1c-é<';
const addressed = (blocks: string): string =>
  `<a:MessageID xmlns:a="${wsa}">urn:uuid:6f1c-é&lt;</a:MessageID>${blocks}`;
const block = (name: string, value: string, must = ''): string =>
  `<a:${name} xmlns:a="${wsa}"${must === '' ? '' : ` s:mustUnderstand="${must}"`}>${value}</a:${name}>`;
const replyTo = (name: string, address: string): string => block(name, `<a:Address>${address}</a:Address>`);

/** Passes untouched to legacy, and nobody else hears of it. */
const toLegacy = async (t: ExecutionContext, request: Request, decision?: string): Promise<void> => {
  const all = await rig();
  const { legacy, modern, bystander } = since(all);
  all.answers.legacy = soapAnswer('<from-legacy/>');
  const reply = await exchanged(all.gateway, request);
  if (decision !== undefined) t.is(decisionOf(reply), decision);
  t.deepEqual(
    legacy().map(({ body }) => body),
    [request.body],
  );
  t.is(reply.body, '<from-legacy/>');
  t.deepEqual([modern().length, bystander().length], [0, 0]);
};

for (const path of ['/kept', '/kept/ws?x=1']) {
  test.serial(`D4 wsa:To and the path of ${path} reach legacy as the client wrote them`, async (t) => {
    const all = await rig();
    const to = block('To', `http://public.example:8080${path}`, '1');
    await toLegacy(t, findCall(path, { header: addressed(to), version: soap12, action: null }));
    t.is(all.legacy.asked().at(-1)?.line, `POST ${path} HTTP/1.1`);
  });
}
test.serial('D4 a service that has moved does not mind which address a caller knows it by', async (t) => {
  const all = await rig();
  all.answers.modern = jsonAnswer('{"Sku":"s"}');
  const to = block('To', 'https://elsewhere.example/Old.svc', '1');
  const reply = await exchanged(all.gateway, findCall('/moved', { header: addressed(to), version: soap12 }));
  t.is(reply.line, 'HTTP/1.1 200 OK');
  t.regex(reply.body, /<FindResponse /);
});

const other = actionOf('Price');
for (const [what, request] of [
  ['wsa:Action and SOAPAction', findCall('/moved', { header: addressed(block('Action', other, '1')) })],
  ['wsa:Action of no operation and SOAPAction', findCall('/moved', { header: block('Action', 'urn:none') })],
  [
    'wsa:Action and the action parameter',
    {
      ...findCall('/moved', { header: addressed(block('Action', other)), version: soap12, action: null }),
      lines: [`Content-Type: application/soap+xml; charset=utf-8; action="${actionOf('Find')}"`],
    },
  ],
  [
    'wsa:Action and the Body',
    findCall('/moved', { header: addressed(block('Action', other)), version: soap12, action: null }),
  ],
  ['two of wsa:Action', findCall('/moved', { header: block('Action', actionOf('Find')) + block('Action', other) })],
] as const) {
  test.serial(`D5 ${what} that disagree are relayed, not repaired, and never modern`, (t) =>
    toLegacy(t, request, 'other legacy undecided'),
  );
}

interface Replied {
  readonly says: string;
  readonly modern: Parameters<typeof jsonAnswer>;
  readonly action: string;
  readonly status?: number;
}
const replies: readonly Replied[] = [
  { says: 'a reply', modern: ['{"Sku":"s"}'], action: actionOf('FindResponse'), status: 200 },
  {
    says: 'a fault that the contract declares',
    modern: ['{"type":"urn:x:MissingFault","What":"x"}', '404 Not Found'],
    action: actionOf('FindMissingFaultFault'),
  },
];
const headerOf = (text: string, version: string): string => {
  const found = /<s:Header>([^]*)<\/s:Header>/.exec(text)?.[1] ?? '';
  return xmlForm(`<s:Header xmlns:s="${version}" xmlns:a="${wsa}">${found}</s:Header>`);
};
const wanted = (version: string, action: string, relates: string): string =>
  xmlForm(
    `<s:Header xmlns:s="${version}" xmlns:a="${wsa}"><a:Action>${action}</a:Action>${relates}<a:To>${wsa}/anonymous</a:To></s:Header>`,
  );
for (const { says, modern, action, status = 500 } of replies) {
  for (const version of [soap11, soap12] as const) {
    const name = version === soap11 ? '1.1' : '1.2';
    test.serial(`D6 ${says} in SOAP ${name} relates to the call, with the action of the contract`, async (t) => {
      const all = await rig();
      const { legacy } = since(all);
      all.answers.modern = jsonAnswer(...modern);
      const header = addressed(block('Action', actionOf('Find'), '1') + replyTo('ReplyTo', `${wsa}/anonymous`));
      const reply = await exchanged(all.gateway, findCall('/moved', { header, version, action: null }));
      t.deepEqual(legacy(), []);
      t.regex(reply.line, new RegExp(`^HTTP/1.1 ${status} `));
      const text = utf8(reply.body);
      t.is(headerOf(text, version), wanted(version, action, `<a:RelatesTo>${id.replace('<', '&lt;')}</a:RelatesTo>`));
      t.notRegex(text, /mustUnderstand/);
    });
    test.serial(`D7 ${says} in SOAP ${name} to a call without addressing has no header`, async (t) => {
      const all = await rig();
      all.answers.modern = jsonAnswer(...modern);
      const reply = await exchanged(all.gateway, findCall('/moved', { version }));
      t.regex(reply.line, new RegExp(`^HTTP/1.1 ${status} `));
      t.notRegex(utf8(reply.body), /Header|addressing/);
    });
  }
}
test.serial('D6 without a MessageID there is nothing to relate to', async (t) => {
  const all = await rig();
  all.answers.modern = jsonAnswer('{"Sku":"s"}');
  const reply = await exchanged(all.gateway, findCall('/moved', { header: block('Action', actionOf('Find')) }));
  t.is(headerOf(utf8(reply.body), soap11), wanted(soap11, actionOf('FindResponse'), ''));
});

for (const [says, header, isAddressed] of [
  ['D6 a fault of the gateway’s own relates to the call', addressed(''), true],
  ['D7 a fault of the gateway’s own has no header where the call had none', '<x/>', false],
] as const) {
  test.serial(says, async (t) => {
    const all = await rig();
    all.answers.modern = jsonAnswer('{}', '500 Internal Server Error');
    const reply = await exchanged(all.gateway, findCall('/alone', { header, version: soap12 }));
    t.is(reply.line, 'HTTP/1.1 500 Internal Server Error');
    const text = utf8(reply.body);
    t.regex(text, /<s:Fault>/);
    if (isAddressed)
      t.is(
        headerOf(text.replace(`<s:Header xmlns:a="${wsa}">`, '<s:Header>'), soap12),
        wanted(soap12, `${wsa}/soap/fault`, `<a:RelatesTo>${id.replace('<', '&lt;')}</a:RelatesTo>`),
      );
    else t.notRegex(text, /Header|addressing/);
  });
}

for (const name of ['ReplyTo', 'FaultTo']) {
  for (const path of ['/kept', '/moved', '/alone']) {
    for (const version of [soap11, soap12] as const) {
      test.serial(
        `D8 ${name} at another address goes ${path} to legacy as it is, in ${version === soap11 ? '1.1' : '1.2'}, and nobody is called there`,
        async (t) => {
          const { bystander } = await rig();
          const header = addressed(replyTo(name, `${bystander.url}/callback`));
          await toLegacy(
            t,
            findCall(path, { header, version }),
            `Find ${path === '/kept' ? 'legacy' : 'modern'} weight`,
          );
        },
      );
    }
  }
}
test.serial('D8 a ReplyTo of older addressing is for legacy, too', async (t) => {
  const { bystander } = await rig();
  const old = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
  const header = `<w:ReplyTo xmlns:w="${old}"><w:Address>${bystander.url}</w:Address></w:ReplyTo>`;
  await toLegacy(t, findCall('/moved', { header }));
});
test.serial('D8 an address that legacy answers with is not called either', async (t) => {
  const all = await rig();
  const { bystander } = since(all);
  const content = `<FindResponse xmlns="${catalogNs}"/>`;
  all.answers.legacy = soapAnswer(envelope(content, { header: replyTo('ReplyTo', all.bystander.url) }));
  const reply = await exchanged(all.gateway, findCall('/kept'));
  t.is(reply.body, all.answers.legacy.body);
  t.deepEqual(bystander(), []);
});
