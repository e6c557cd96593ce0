// The reader against two parsers that others wrote: saxes, which is as strict, and libxml2.
import test from 'ava';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { XmlDocument } from 'libxml2-wasm';
import { AdapterError } from '../../../errors.ts';
import { xmlnsNs } from './namespaces.ts';
import { readXml } from './xml.ts';
import { XmlReader } from './xml-reader.ts';
import type { XmlListener } from './xml.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300) * 10;

/** What a listener was told, text joined. */
const told = (run: (listener: XmlListener) => void): string => {
  const events: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') events.push(JSON.stringify(text));
    text = '';
  };
  run({
    open: ({ prefix, ns, local, attributes }) => {
      flush();
      const values = attributes.map((each) => `${each.prefix}|{${each.ns}}${each.local}=${JSON.stringify(each.value)}`);
      events.push(`<${prefix}|{${ns}}${local} ${values.toSorted().join(' ')}>`);
    },
    text: (piece) => (text += piece),
    close: () => {
      flush();
      events.push('</>');
    },
  });
  return events.join('');
};

const ours = (xml: string): string | null => {
  try {
    return told((listener) => readXml(xml, listener));
  } catch (error) {
    if (error instanceof AdapterError) return null;
    throw error;
  }
};

const saxes = (xml: string): string | null => {
  try {
    return told((listener) => {
      const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' } as const);
      const fail = (): never => {
        throw new Error('refused');
      };
      parser.on('error', fail);
      parser.on('doctype', fail);
      let depth = 0;
      parser.on('opentag', (tag) => {
        depth += 1;
        const attributes = Object.values(tag.attributes).filter((each) => each.uri !== xmlnsNs);
        listener.open({
          prefix: tag.prefix,
          ns: tag.uri,
          local: tag.local,
          attributes: attributes.map(({ prefix, uri, local, value }) => ({ prefix, ns: uri, local, value })),
          scope: null,
          line: 0,
        });
      });
      const text = (piece: string): void => {
        if (depth > 0) listener.text(piece);
      };
      parser.on('text', text);
      parser.on('cdata', text);
      parser.on('closetag', () => {
        depth -= 1;
        listener.close();
      });
      parser.write(xml).close();
    });
  } catch {
    return null;
  }
};

const libxml2 = (xml: string): boolean => {
  try {
    XmlDocument.fromString(xml).dispose();
    return true;
  } catch {
    return false;
  }
};

const piece = fc.constantFrom(
  '<p:x/>',
  '<p:a xmlns:p="urn:p"></p:a><p:x/>',
  '<p:a xmlns:p="urn:p"/><p:x/>',
  '<a xmlns="urn:d"><b/></a><b/>',
  '<x p:y=""/>',
  '<x/>',
  '<a>',
  '</a>',
  '<a/>',
  '<p:a xmlns:p="urn:p">',
  '</p:a>',
  '<b c="d"/>',
  '<b c="d" c="e"/>',
  '<b p:c="1" q:c="2" xmlns:p="u" xmlns:q="u"/>',
  '<a xmlns="urn:d">',
  '<a xmlns="">',
  '<a xmlns:p="">',
  '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="e"/>',
  '<xmlns:a/>',
  '<a xmlns:xmlns="x"/>',
  'text',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '&amp;',
  '&#65;',
  '&#x0;',
  '&#x41;',
  '&lt',
  '&foo;',
  '&',
  ']]>',
  ']]',
  '<![CDATA[x<y]]>',
  '<![CDATA[',
  ']]>',
  '<!-- c -->',
  '<!-- c -- -->',
  '<!--',
  '-->',
  '<?pi x?>',
  '<?xml version="1.0"?>',
  '<?',
  '?>',
  '<!DOCTYPE a>',
  '<!ELEMENT a>',
  '<',
  '>',
  '"',
  "'",
  '=',
  '/',
  '<a b=c/>',
  '<a b="&lt;\n&#10;"/>',
  "<a b='\"'/>",
  '<a b="<"/>',
  '<a b="1"c="2"/>',
  '<a  b = "1" />',
  '<1/>',
  '<a:/>',
  '<:a/>',
  '<a:b:c/>',
  '<é/>',
  '</a >',
  '< a/>',
  '</ a>',
  '\u0000',
  '\u0008',
  '\ufffe',
  '😀',
  '\u0085',
  '\ufeff',
);
const documents = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 6 }).map((pieces) => `<r xmlns:p="urn:r">${pieces.join('')}</r>`),
  fc.array(piece, { maxLength: 3 }).map((pieces) => `<r ${pieces.join('')}/>`),
  fc.tuple(piece, piece).map(([one, other]) => `${one}<r/>${other}`),
);

test('what saxes takes and refuses, and what it makes of it, is the same here', (t) => {
  fc.assert(
    fc.property(documents, (xml) => {
      t.is(ours(xml), saxes(xml), JSON.stringify(xml));
    }),
    { numRuns },
  );
});

test('in a declaration only what XML calls a blank is one', (t) => {
  t.is(ours('<?xml version="1.0"\t\r\n encoding="utf-8" ?><a/>'), '<|{}a ></>');
  for (const blank of ['\u00a0', '\u000b', '\u2003'])
    t.is(ours(`<?xml version="1.0"${blank}encoding="utf-8"?><a/>`), null);
});

test('half a surrogate pair is refused', (t) => {
  t.is(ours('<a>\ud800</a>'), null);
  t.is(ours('<a b="\udc00"/>'), null);
});

test('nothing is taken that libxml2 refuses', (t) => {
  fc.assert(
    fc.property(documents, (xml) => {
      if (ours(xml) !== null) t.true(libxml2(xml), JSON.stringify(xml));
    }),
    { numRuns },
  );
});

test('slices of any size tell the same', (t) => {
  fc.assert(
    fc.property(documents, fc.integer({ min: 1, max: 5 }), (xml, size) => {
      const whole = ours(xml);
      fc.pre(whole !== null);
      const sliced = told((listener) => {
        const reader = new XmlReader(xml, listener);
        while (reader.read(size));
      });
      t.is(sliced, whole);
    }),
    { numRuns: numRuns / 10 },
  );
});

test('lines are counted, whatever ends them', (t) => {
  const lines: number[] = [];
  const listener: XmlListener = { open: ({ line }) => lines.push(line), text: () => undefined, close: () => undefined };
  readXml('<a>\n<b/>\r\n<c\n/><d/>\r<e/></a>', listener, { lines: true });
  t.deepEqual(lines, [1, 2, 3, 4, 5]);
});
