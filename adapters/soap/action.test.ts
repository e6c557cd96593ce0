import test from 'ava';
import { headReader, mediaHint, normalisedAction } from './action.ts';
import { soapCall } from '../../test/helpers/soap-call.ts';
import type { Carries, HeadNames } from './action.ts';
import type { SoapVersion } from './namespaces.ts';

const spelling = test.macro({
  exec: (t, raw: string, expected: string) => t.is(normalisedAction(raw), expected),
  title: (_, raw, expected) => `an action spelt ${JSON.stringify(raw)} is ${JSON.stringify(expected)}`,
});

test(spelling, '"urn:a/B"', 'urn:a/B');
test(spelling, 'urn:a/B', 'urn:a/B');
test(spelling, ' \t"urn:a/B"  ', 'urn:a/B');
test(spelling, '""', '');
test(spelling, '', '');
test(spelling, '"', '"');
test(spelling, '""urn:a""', '"urn:a"');
test(spelling, '" urn:a "', ' urn:a ');
test(spelling, 'urn:%4Frders', 'urn:Orders');
test(spelling, '"urn:a%20b/%C3%BC"', 'urn:a b/ü');
test(spelling, 'urn:%2541', 'urn:%41');
test(spelling, 'urn:100%', 'urn:100%');
test(spelling, 'urn:%zz', 'urn:%zz');
test(spelling, 'urn:%C0%AF', 'urn:%C0%AF');
test(spelling, 'urn:a+b', 'urn:a+b');
test(spelling, 'URN:A/b', 'URN:A/b');

const read = (raw: readonly string[]): HeadNames => {
  const call = soapCall({ raw });
  return headReader()(call.head, (name) => call.header(name));
};

test('a SOAPAction and an action parameter that agree are one name', (t) => {
  const head = read(['Content-Type', 'application/soap+xml;charset=utf-8;action="urn:a"', 'SOAPAction', '"urn:a"']);
  t.deepEqual(head.actions, ['urn:a']);
  t.is(head.version, '1.2');
});

test('a SOAPAction and an action parameter that differ are two names', (t) => {
  t.deepEqual(read(['content-type', 'application/soap+xml; action=urn:a', 'soapaction', 'urn:b']).actions, [
    'urn:a',
    'urn:b',
  ]);
});

test('an action parameter of text/xml is none', (t) => {
  t.deepEqual(read(['content-type', 'text/xml; action="urn:a"']).actions, []);
});

test('two SOAPAction lines are two names, and one where they are equal', (t) => {
  t.deepEqual(read(['SOAPAction', '"a"', 'X', 'y', 'soapaction', 'b']).actions, ['a', 'b']);
  t.deepEqual(read(['SOAPAction', '"a"', 'SOAPACTION', 'a']).actions, ['a']);
});

test('two Content-Type lines are odd', (t) => {
  t.true(read(['Content-Type', 'text/xml', 'content-type', 'text/xml']).odd);
  t.false(read(['Content-Type', 'text/xml']).odd);
});

test('an empty SOAPAction is no name, but it is there', (t) => {
  const head = read(['SOAPAction', '""', 'Content-Type', 'text/xml']);
  t.deepEqual(head.actions, []);
  t.true(head.soapAction);
});

test('a head read twice reads the same', (t) => {
  const call = soapCall({ raw: ['Content-Type', 'application/soap+xml; action="a"', 'SOAPAction', 'b'] });
  const reader = headReader();
  const header = (name: string): string | null => call.header(name);
  t.deepEqual(reader(call.head, header), reader(call.head, header));
});

const carries = test.macro({
  exec: (t, text: string, kind: Carries, version: SoapVersion | null) => {
    const hint = mediaHint(text);
    t.is(hint.carries, kind);
    t.is(hint.version, version);
  },
  title: (_, text: string, kind: string) => `${text === '' ? 'no content type' : text} carries ${kind}`,
});

test(carries, 'text/xml', 'soap', '1.1');
test(carries, 'TEXT/XML; Charset="UTF-8"', 'soap', '1.1');
test(carries, 'application/soap+xml', 'soap', '1.2');
test(carries, 'application/soap+msbin1', 'binary', null);
test(carries, 'application/soap+msbinsession1', 'binary', null);
test(carries, 'application/xml', 'xml', null);
test(carries, 'application/atom+xml', 'xml', null);
test(carries, '', 'xml', null);
test(carries, 'application/json', 'other', null);
test(carries, 'application/x-www-form-urlencoded', 'other', null);
test(carries, 'multipart/form-data; boundary=x', 'other', null);
test(carries, 'multipart/related; boundary=x; type="text/xml"', 'parts', '1.1');
test(carries, 'multipart/related; boundary=x; type="application/xop+xml"; start-info="text/xml"', 'parts', '1.1');
test(carries, 'Multipart/Related; boundary=x; start-info="application/soap+xml"', 'parts', '1.2');

test('the action inside start-info is a name', (t) => {
  const hint = mediaHint('multipart/related; boundary=b; start-info="application/soap+xml; action=\\"urn:a\\""');
  t.deepEqual(hint.actions, ['urn:a']);
});

test('the action beside start-info is a name', (t) => {
  const hint = mediaHint('multipart/related; boundary=b; start-info="application/soap+xml"; action="urn:a"');
  t.deepEqual(hint.actions, ['urn:a']);
});

test('start is a Content-ID without its brackets', (t) => {
  t.is(mediaHint('multipart/related; boundary="a b"; start="<root@x>"').start, 'root@x');
});

const oddness = test.macro({
  exec: (t, text: string, odd: boolean) => t.is(mediaHint(text).odd, odd),
  title: (_, text: string, odd: boolean) => `${text} is ${odd ? 'odd' : 'plain'}`,
});

test(oddness, 'text/xml; charset=utf-8', false);
test(oddness, 'text/xml;', false);
test(oddness, 'text/xml; charset=utf-8;', false);
test(oddness, 'text/xml; charset=utf-8; charset=utf-16', true);
test(oddness, 'text/xml; charset="utf-8', true);
test(oddness, 'text/xml; charset="utf-8"x', true);
test(oddness, 'text/xml; =x', true);
test(oddness, 'multipart/related; type="text/xml"', true);
test(oddness, 'multipart/related; boundary=b; type="text/xml"; start-info="application/soap+xml"', true);
test(oddness, `multipart/related; boundary=${'b'.repeat(71)}; type="text/xml"`, true);

test('a long content type is read in time linear in its length', (t) => {
  const began = performance.now();
  mediaHint(`text/xml;${' '.repeat(100_000)}${';a="\\"'.repeat(100_000)}`);
  t.true(performance.now() - began < 2000);
});
