import test from 'ava';
import { array, assert, constantFrom, property } from 'fast-check';
import { headerTexts } from './header.ts';
import { quickHeaderTexts } from './quick-header.ts';

const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
const envelope = (header: string, prolog = '<?xml version="1.0" encoding="utf-8"?>') =>
  Buffer.from(
    `${prolog}<s:Envelope xmlns:s="${soap}" xmlns:h="urn:h"><s:Header>${header}</s:Header><s:Body><a/></s:Body></s:Envelope>`,
  );

test('a block and a member of one are read', (t) => {
  const read = quickHeaderTexts(
    envelope('<h:ClientId> c-1 </h:ClientId><Auth xmlns="urn:a"><User>bo</User><x/></Auth>'),
    'utf-8',
  );
  t.deepEqual(
    read?.texts,
    new Map([
      ['ClientId', 'c-1'],
      ['User', 'bo'],
    ]),
  );
});

for (const [name, header] of [
  ['a reference', '<h:C>a&amp;b</h:C>'],
  ['a comment', '<h:C>a<!-- x -->b</h:C>'],
  ['CDATA', '<h:C><![CDATA[a]]></h:C>'],
  ['a Header inside', '<s:Header><h:C>a</h:C></s:Header>'],
  ['a > in a value', '<h:C a="x>y">a</h:C>'],
  ['credentials', '<h:UsernameToken><h:Username>u</h:Username></h:UsernameToken>'],
  ['an open element', '<h:C>a'],
  ['a line end inside a text, which XML reads as \\n', '<h:C>a\r\nb</h:C>'],
] as const) {
  test(`${name} is left to the exact reader`, (t) => {
    t.is(quickHeaderTexts(envelope(header), null), null);
  });
}

test('it says nothing, or what the exact reader says', (t) => {
  const piece = constantFrom(
    '<h:C>',
    '</h:C>',
    '<D>',
    '</D>',
    '<E x="1">',
    '</E>',
    '<F/>',
    'text',
    ' ',
    '\r\n',
    '"',
    "'",
    '>',
    '/>',
    '&lt;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '</s:Header>',
    '<s:Header>',
    '<s:Body>',
    'é',
    "<G a='\"'>t</G>",
    '<C>k</C>',
    '<h:D><C>m</C></h:D>',
  );
  let sure = 0;
  assert(
    property(array(piece, { maxLength: 9 }), (pieces) => {
      const bytes = envelope(pieces.join(''));
      const quick = quickHeaderTexts(bytes, 'utf-8');
      if (quick === null) return;
      const exact = headerTexts(bytes, 'utf-8');
      sure++;
      t.deepEqual(Object.fromEntries(quick.texts), Object.fromEntries(exact.texts), bytes.toString());
      t.is(quick.username, exact.username);
    }),
    { numRuns: 3000 },
  );
  t.true(sure > 100, `only ${sure} of 3000 were read`);
});
