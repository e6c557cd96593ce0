// Rows D9–D11 of the wire checklist in docs/reference/wire-payload.md: WS-Security.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { secure } from '../../adapters/soap/security.ts';
import { component } from '../helpers/components.ts';
import { xmlForm } from '../helpers/xml-form.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';
import { catalog } from '../helpers/catalog.ts';
import { find, findCall, jsonAnswer, movedRig, since, soapAnswer, type MovedRig } from './moved-rig.ts';
import { envelope, exchanged, soap11, soap12, utf8, type Request } from './payload-rig.ts';

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});
let started: Promise<MovedRig> | null = null;
const rig = (): Promise<MovedRig> => (started ??= movedRig(whole));

const python = component('zeep');
const hasTools = python !== null && component('openssl') !== null;
const withTools = hasTools ? test.serial : test.serial.skip;
const verifier = join(import.meta.dirname, '../clients/wsse/verify.py');
/** What a verifier that is none of ours finds proved. */
const verified = (body: string): unknown =>
  JSON.parse(
    execFileSync(python!, [verifier], {
      input: Buffer.from(body, 'latin1'),
      stdio: ['pipe', 'pipe', 'inherit'],
    }).toString(),
  );

/** A signed message whose signature breaks by any change that a careless hand makes to its Body. */
const signed = async (content: string): Promise<string> => {
  const at = await mkdtemp(join(tmpdir(), 'signed-'));
  const [cert, key] = [join(at, 'cert.pem'), join(at, 'key.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-subj', '/CN=client', '-days', '2', '-nodes'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const { envelope: sign } = await secure({ signature: { cert, key } });
  await rm(at, { recursive: true });
  return sign(Buffer.from(envelope(content)), '').toString('latin1');
};
const fragile = find
  .replace('<what>x', '\n  <what  >é &amp; <!-- c --><![CDATA[<x>]]>\t ')
  .replace('</Find>', '<e></e >\n</Find>');
const proved = { mustUnderstand: true, signed: ['Body', 'Timestamp'], proved: true };

for (const path of ['/kept', '/moved', '/alone']) {
  withTools(
    `D9 what is signed verifies at legacy, by ${path}, and so does what legacy signs at the client`,
    async (t) => {
      const all = await rig();
      const { legacy, modern } = since(all);
      const [request, answer] = [
        await signed(fragile),
        await signed('<FindResponse xmlns="urn:x">\n <a  b=\'c\'/></FindResponse>'),
      ];
      all.answers.legacy = soapAnswer(answer);
      const reply = await exchanged(all.gateway, { ...findCall(path), body: request });
      t.deepEqual([legacy().length, modern().length], [1, 0]);
      t.is(legacy()[0]!.body, request);
      t.like(verified(legacy()[0]!.body), proved);
      t.like(verified(reply.body), proved);
      t.like(verified(request.replace('\n  <what', '\n <what')), { proved: false }, 'one blank less would be seen');
    },
  );
}

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const stamp =
  '<u:Timestamp u:Id="_0"><u:Created>2024-03-10T12:34:56.789Z</u:Created><u:Expires>2024-03-10T12:39:56.789Z</u:Expires></u:Timestamp>';
const created = '2024-03-10T12:34:56Z';
/** Good for one call: its nonce may not come twice. */
const digested = (timestamp = stamp): string => {
  const nonce = randomBytes(16);
  const digest = createHash('sha1').update(nonce).update(`${created}secret`).digest('base64');
  const token = `<o:UsernameToken u:Id="t"><o:Username>alice</o:Username><o:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">${digest}</o:Password><o:Nonce>${nonce.toString('base64')}</o:Nonce><u:Created>${created}</u:Created></o:UsernameToken>`;
  return `<o:Security s:mustUnderstand="1" xmlns:o="${wsse}" xmlns:u="${wsu}">${timestamp}${token}</o:Security>`;
};

for (const [path, legacyAnswer, what] of [
  ['/kept', soapAnswer('<from-legacy/>'), 'is answered'],
  ['/moved', soapAnswer('<from-legacy/>'), 'is answered'],
  ['/kept', { status: '500 Internal Server Error', ...soapAnswer(envelope('<s:Fault/>')) }, 'fails'],
  ['/moved', { status: '500 Internal Server Error', ...soapAnswer(envelope('<s:Fault/>')) }, 'fails'],
  ['/moved', { status: '503 Service Unavailable', ...soapAnswer('') }, 'is turned away'],
] as const) {
  test.serial(`D10 a call by ${path} with a digest that ${what} reaches legacy once, and modern never`, async (t) => {
    const all = await rig();
    const { legacy, modern } = since(all);
    all.answers.legacy = legacyAnswer;
    const request = findCall(path, { header: digested() });
    await exchanged(all.gateway, request);
    t.deepEqual(
      legacy().map(({ body }) => body),
      [request.body],
    );
    t.deepEqual(modern(), []);
  });
}
test.serial('D10 where modern fails a call whose digest it never saw, legacy gets that once', async (t) => {
  const all = await rig();
  const { legacy, modern } = since(all);
  all.answers.modern = jsonAnswer('{}', '500 Internal Server Error');
  all.answers.legacy = soapAnswer('<from-legacy/>');
  const request = findCall('/own', { header: digested() });
  t.is((await exchanged(all.gateway, request)).body, '<from-legacy/>');
  t.deepEqual(
    legacy().map(({ body }) => body),
    [request.body],
  );
  t.deepEqual(
    modern().map(({ body }) => body),
    ['{"what":"x"}'],
  );
  t.notRegex(modern()[0]!.head, /alice|Authorization/);
});

/** Answers the first call, keeps the connection, and hangs up without a word when another has been read to its end. */
const hangsUpOnTheSecond = (t: Parameters<typeof rawUpstream>[0]) => {
  const answer = envelope('<x/>');
  let first: string | null = null;
  return rawUpstream(t, (socket, soFar, index) => {
    const rest = index === 0 && first !== null ? soFar.slice(first.length) : soFar;
    if (!isWhole(rest)) return;
    if (first !== null) {
      socket.destroy();
      return;
    }
    first = soFar;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
  });
};
for (const [what, header, times] of [
  ['with a digest is not', digested(), 1],
  ['without one is', '<n/>', 2],
] as const) {
  test.serial(`D10 a read ${what} sent again when its kept connection dies under it`, async (t) => {
    const { port, connections } = await hangsUpOnTheSecond(t);
    const gateway = await gatewayHere(
      t,
      `
destinations: { old: { adapter: soap, url: 'http://127.0.0.1:${port}', wsdl: '${catalog.wsdl}' } }
routes: { kept: { match: { path: /kept }, protocol: soap, legacy: old, operations: { Find: { effect: read } } } }`,
    );
    await exchanged(gateway, findCall('/kept'));
    const request: Request = findCall('/kept', { header });
    const reply = await exchanged(gateway, request).catch(() => null);
    t.false(reply !== null && reply.line.includes(' 200 '));
    const sent = connections.join('').split(request.body).length - 1;
    t.is(sent, times);
  });
}

const gone = '{"type":"urn:x:MissingFault","What":"x"}';
for (const version of [soap11, soap12] as const) {
  for (const [what, answer] of [
    ['a reply', jsonAnswer('{"Sku":"s"}')],
    ['a declared fault', jsonAnswer(gone, '404 Not Found')],
    ['another fault', jsonAnswer('{}', '400 Bad Request')],
  ] as const) {
    test.serial(
      `D11 ${what} in SOAP ${version === soap11 ? '1.1' : '1.2'} has a Timestamp exactly where the call had one`,
      async (t) => {
        const all = await rig();
        const { legacy } = since(all);
        all.answers.modern = answer;
        const began = Date.now();
        const reply = await exchanged(all.gateway, findCall('/own', { header: digested(), version }));
        const text = utf8(reply.body);
        const [, made, until] = /<u:Created>([^<]*)<\/u:Created><u:Expires>([^<]*)</.exec(text) ?? [];
        const [from, to] = [Date.parse(made!), Date.parse(until!)];
        t.true(began <= from && from <= Date.now() && to === from + 300_000, text);
        const [header = ''] = /<s:Header[^]*<\/s:Header>/.exec(text) ?? [];
        t.is(
          xmlForm(header.replace('<s:Header', `<s:Header xmlns:s="${version}"`)),
          xmlForm(
            `<s:Header xmlns:s="${version}"><o:Security s:mustUnderstand="1" xmlns:o="${wsse}"><u:Timestamp u:Id="_0" xmlns:u="${wsu}"><u:Created>${made}</u:Created><u:Expires>${until}</u:Expires></u:Timestamp></o:Security></s:Header>`,
          ),
        );
        for (const none of ['', digested('')]) {
          const plain = await exchanged(all.gateway, findCall('/own', { header: none, version }));
          t.notRegex(plain.body, /Header|Security/);
        }
        t.deepEqual(legacy(), []);
      },
    );
  }
}
