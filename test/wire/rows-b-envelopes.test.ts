// Rows B21–B26 of docs/reference/wire.md: how an envelope may be spelt, in calls that modern answers, and how the gateway spells its own.
import test, { type ExecutionContext } from 'ava';
import { oddEnvelopes } from './odd-envelopes.ts';
import { actionOf, find, findCall, movedRig, since, soapAnswer, type MovedRig } from './moved-rig.ts';
import { decisionOf, envelope, exchanged, field, soap12, utf8, type Message } from './payload-rig.ts';

const closing: (() => unknown)[] = [];
let started: Promise<MovedRig> | null = null;
const rig = (): Promise<MovedRig> => (started ??= movedRig({ teardown: (close) => void closing.push(close) }));
test.after.always(async () => {
  for (const close of closing.toReversed()) await close();
});

const type = 'Content-Type: text/xml; charset=utf-8';
const action = `SOAPAction: "${actionOf('Find')}"`;

/** A call of Find whose body is these bytes. */
const sent = async (body: string, { path = '/moved', lines = [type, action] } = {}): Promise<Message> =>
  exchanged((await rig()).gateway, { path, lines, body });

/** In UTF-8 by all that says so, with nothing before it and no DTD. */
const isPlainEnvelope = (t: ExecutionContext, reply: Message, media = 'text/xml'): void => {
  t.regex(utf8(reply.body), /^(?:<\?xml version="1\.0" encoding="utf-8"\?>)?<\w+:Envelope /, reply.body);
  t.notRegex(reply.body, /<!DOCTYPE/);
  t.is(field(reply, 'content-type')?.replace(/; action=.*$/, ''), `${media}; charset=utf-8`);
};

for (const path of ['/kept', '/moved'])
  test.serial(`B21 a DOCTYPE is a fault of the client, and goes to nobody (${path})`, async (t) => {
    const asked = since(await rig());
    const reply = await sent(`<!DOCTYPE a [<!ENTITY e "x">]>${envelope(find).replace(/^.*\r\n/, '')}`, { path });
    t.regex(reply.line, / 500 /);
    t.regex(reply.body, /<faultcode>\w+:Client<\/faultcode>/);
    isPlainEnvelope(t, reply);
    t.deepEqual([asked.legacy(), asked.modern()], [[], []]);
  });

test.serial('B21, B22 what legacy sends so all the same passes as it is', async (t) => {
  const { answers } = await rig();
  answers.legacy = soapAnswer(`\r\n<!DOCTYPE a>${envelope('<from-legacy/>')}`);
  t.is((await sent(envelope(find), { path: '/kept' })).body, answers.legacy.body);
  answers.legacy = soapAnswer('<from-legacy/>');
});

test.serial('B22, B24 nothing stands before what the gateway writes, and all of it says utf-8', async (t) => {
  for (const version of [undefined, soap12] as const) {
    const media = version === undefined ? 'text/xml' : 'application/soap+xml';
    const around = version === undefined ? {} : { version, action: null };
    const { gateway, answers } = await rig();
    const good = await exchanged(gateway, findCall('/moved', around));
    t.is(decisionOf(good), 'Find modern weight');
    isPlainEnvelope(t, good, media);
    const before = answers.modern;
    answers.modern = { status: '500 Oh', lines: '', body: '' };
    isPlainEnvelope(t, await exchanged(gateway, findCall('/alone', around)), media);
    answers.modern = before;
  }
});

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text.replace('utf-8', 'utf-16')}`, 'utf16le');
const encodings: Readonly<Record<string, readonly [body: Buffer, charset: string]>> = {
  'UTF-8 with a BOM': [Buffer.from(`\uFEFF${envelope(find)}`), 'utf-8'],
  'UTF-16, little end first, with a BOM': [utf16(envelope(find)), 'utf-16'],
  'UTF-16, big end first, with a BOM': [utf16(envelope(find)).swap16(), 'utf-16'],
};
for (const [how, [body, charset]] of Object.entries(encodings))
  test.serial(`B23 ${how}: the operation is known, and answered in UTF-8 without a BOM`, async (t) => {
    const asked = since(await rig());
    const reply = await sent(body.toString('latin1'), {
      lines: [`Content-Type: text/xml; charset=${charset}`, action],
    });
    t.is(decisionOf(reply), 'Find modern weight');
    t.is(asked.modern().length, 1);
    isPlainEnvelope(t, reply);
  });

test.serial('B24 a charset and a declaration that disagree leave undecided what the call says: legacy', async (t) => {
  const asked = since(await rig());
  const body = envelope(find).replace('utf-8', 'iso-8859-1');
  t.is(decisionOf(await sent(body)), 'other legacy undecided');
  t.is(asked.legacy()[0]?.body, body);
  t.is(asked.modern().length, 0);
});

const immaterial = [
  'declaration in single quotes, with blanks',
  'CRLF between elements',
  'blank lines at the end',
  'single quotes',
  'blanks inside tags',
  'CDATA',
  'comments everywhere',
  'another prefix',
  'a prefix of letters beyond ASCII',
  'no prefix at all',
  'a prefix declared twice, and unused ones',
  'an empty Header',
];
for (const how of immaterial)
  test.serial(`B25 ${how}: the same call as any other`, async (t) => {
    const reply = await sent(oddEnvelopes[how]!);
    t.is(decisionOf(reply), 'Find modern weight');
    isPlainEnvelope(t, reply);
  });

for (const [how, body] of [
  ['two elements in the Body', envelope(`${find}<Other xmlns="urn:other"/>`)],
  ['the same element twice', envelope(find + find)],
  ['no element in the Body', envelope('')],
  ['text beside the element', envelope(`${find}text`)],
] as const)
  test.serial(`B26 ${how}: undecided, and legacy's`, async (t) => {
    const asked = since(await rig());
    t.is(decisionOf(await sent(body)), 'other legacy undecided');
    t.is(asked.legacy()[0]?.body, body);
    t.is(asked.modern().length, 0);
  });
