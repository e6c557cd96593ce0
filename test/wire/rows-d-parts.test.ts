// Rows D1–D3 of the wire checklist in docs/reference/wire-payload.md: messages in parts (MTOM, SOAP with attachments).
import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { actionOf, catalogNs, find, movedRig, since, type MovedRig } from './moved-rig.ts';
import { decisionOf, envelope, exchanged, field, soap12, type Request } from './payload-rig.ts';

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});
let started: Promise<MovedRig> | null = null;
const rig = (): Promise<MovedRig> => (started ??= movedRig(whole));
const sha = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

const everyByte = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte)).repeat(40);
const price = `<PriceRequest xmlns="${catalogNs}"><Sku>a</Sku></PriceRequest>`;
const packed = 'application/xop+xml; charset=utf-8; type="application/soap+xml"';
interface Part {
  readonly id: string | null;
  readonly type: string;
  readonly content: string;
}
const root = (id: string | null, content: string): Part => ({
  id,
  type: packed,
  content: envelope(content, { version: soap12 }),
});
const binary: Part = { id: '<pdf@x>', type: 'application/octet-stream', content: everyByte };

const boundary = "uuid:b'1+id=1";
/** Blanks, case and order as no writer of ours would have them. */
const inParts = (path: string, parts: readonly Part[], parameters: string): Request => ({
  path,
  lines: [
    'MIME-Version:  1.0',
    `Content-Type: Multipart/Related; ${parameters};type="application/xop+xml"; boundary="${boundary}" ;start-info="application/soap+xml"`,
  ],
  body: `preamble\r\n${parts.map(({ id, type, content }) => `--${boundary}\r\n${id === null ? '' : `content-id: ${id}\r\n`}Content-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\n\r\n${content}\r\n`).join('')}--${boundary}--\r\nepilogue`,
});

for (const path of ['/kept', '/moved']) {
  test.serial(
    `D1 an MTOM call and its reply pass ${path} byte for byte, boundary, ids and order of parts included`,
    async (t) => {
      const { gateway, legacy, answers } = await rig();
      const request = inParts(path, [binary, root('<root@x>', find)], 'start="<root@x>"');
      const type = `multipart/related; start="<r>"; type="application/xop+xml"; boundary=${'-'.repeat(9)}=_b; start-info="application/soap+xml; action=\\"urn:x\\""`;
      answers.legacy = { lines: `MIME-Version: 1.0\r\nContent-Type: ${type}\r\n`, body: request.body };
      const reply = await exchanged(gateway, request);
      const asked = legacy.asked().at(-1)!;
      t.is(sha(asked.body), sha(request.body));
      t.is(field(asked, 'Content-Type'), request.lines[1]!.slice('Content-Type: '.length));
      t.is(field(asked, 'MIME-Version'), '1.0');
      t.is(sha(reply.body), sha(request.body));
      t.is(field(reply, 'Content-Type'), type);
      t.is(field(reply, 'MIME-Version'), '1.0');
    },
  );
}

interface Sniffed {
  readonly says: string;
  readonly parts: readonly Part[];
  readonly parameters: string;
  readonly goes: string;
}
const decoy = { id: '<decoy@x>', type: packed, content: envelope(price, { version: soap12 }) };
const sniffed: readonly Sniffed[] = [
  {
    says: 'its root part, which start names, wherever it stands',
    parts: [decoy, binary, root('<root@x>', find)],
    parameters: 'start="<root@x>"',
    goes: 'Find modern weight',
  },
  {
    says: 'its first part, where there is no start',
    parts: [root(null, find), decoy],
    parameters: 'x=y',
    goes: 'Find modern weight',
  },
  {
    says: 'its root part, and action and start have to agree',
    parts: [decoy, root('<root@x>', find)],
    parameters: `start="<root@x>"; action="${actionOf('Price')}"`,
    goes: 'other legacy undecided',
  },
  {
    says: 'no other part, where none has the id that start names',
    parts: [decoy, root('<root@x>', find)],
    parameters: 'start="<nobody@x>"',
    goes: 'other legacy undecided',
  },
];
const sniffs = test.macro({
  async exec(t: ExecutionContext, { parts, parameters, goes }: Sniffed) {
    const all = await rig();
    const { legacy, modern } = since(all);
    const request = inParts('/moved', parts, parameters);
    t.is(decisionOf(await exchanged(all.gateway, request)), goes);
    // Modern is asked in JSON, which has no parts: legacy answers, whoever was meant to.
    t.deepEqual(
      legacy().map(({ body }) => sha(body)),
      [sha(request.body)],
    );
    t.deepEqual(modern(), []);
  },
  title: (_, { says }: Sniffed) => `D2 the operation of an MTOM call is found by ${says}`,
});
for (const each of sniffed) test.serial(sniffs, each);

const include = (href: string): string =>
  `<EchoScalars xmlns="${catalogNs}"><value xmlns:d="http://schemas.datacontract.org/2004/07/Contoso.Catalog"><d:Bytes><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="${href}"/></d:Bytes></value></EchoScalars>`;
const places = [
  '{bystander}/secret',
  'file:///etc/passwd',
  'ftp://{bystander}/x',
  'cid:nobody@x',
  'cid:pdf@x',
  'data:,x',
];
for (const place of places) {
  test.serial(`D3 xop:Include of ${place} is never followed: legacy gets it as it is`, async (t) => {
    const all = await rig();
    const { legacy, modern, bystander } = since(all);
    const content = include(place.replace('{bystander}', all.bystander.url));
    const action = actionOf('EchoScalars');
    const alone = ['Content-Type: application/soap+xml; charset=utf-8'];
    const calls = (path: string): Request[] => [
      inParts(path, [binary, root('<root@x>', content)], `start="<root@x>"; action="${action}"`),
      { path, lines: alone, body: envelope(content, { version: soap12 }) },
    ];
    for (const request of calls('/moved')) {
      t.is(decisionOf(await exchanged(all.gateway, request)), 'EchoScalars modern weight');
      t.is(legacy().at(-1)?.body, request.body);
    }
    t.is(legacy().length, 2);
    t.deepEqual([legacy().length, modern().length, bystander().length], [2, 0, 0]);
  });
}
