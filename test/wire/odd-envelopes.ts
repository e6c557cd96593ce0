// Envelopes that nobody would write and every SOAP stack takes, as bytes (latin1). All but the last few are calls of the catalog's `Find`.
import { envelope, find } from './messages.ts';

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
const utf16le = (text: string): string => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('latin1');
const utf16be = (text: string): string => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16().toString('latin1');
const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>`;
const body = '<Find xmlns="http://contoso.example/catalog"><what>x</what></Find>';
const prefixed = (prefix: string): string =>
  find()
    .replaceAll(/(<\/?)s:/g, `$1${prefix}:`)
    .replace('xmlns:s=', `xmlns:${prefix}=`);

export const oddEnvelopes: Readonly<Record<string, string>> = {
  plain: find(),
  declaration: declared('utf-8') + find(),
  'declaration in single quotes, with blanks': `<?xml  version='1.0'\tencoding = 'UTF-8' standalone="yes" ?>${find()}`,
  'XML 1.1-like spaces after the declaration': `${declared('utf-8')}\r\n\t \n${find()}`,
  BOM: utf8(`\uFEFF${find()}`),
  'BOM and declaration': utf8(`\uFEFF${declared('utf-8')}${find()}`),
  'CRLF between elements': find().replaceAll('><', '>\r\n<'),
  'CR alone': find().replaceAll('><', '>\r<'),
  'blank lines at the end': `${find()}\r\n\r\n`,
  'one LF at the end': `${find()}\n`,
  'NEL and line separator as text': utf8(find('\u0085\u2028')),
  'single quotes': find().replaceAll('"', "'"),
  'blanks inside tags': find().replaceAll('>', '\n >'),
  'empty elements written long': find('').replace('<what></what>', '<what></what>'),
  'empty elements written short': find('').replace('<what></what>', '<what  />'),
  CDATA: find('<![CDATA[<x> & ]]]]><![CDATA[>]]>'),
  'comments everywhere': `<!-- a -->${find('<!-- b -->x<!---->').replace('<s:Body>', '<s:Body><!-- c: <s:Body> -->')}<!-- d -->`,
  'processing instructions': `<?xml-stylesheet href="x"?>${find('<?php echo "<s:Body>" ?>')}<?end?>`,
  'character references': find('&#x78;&#120;&#xD;&#10;&lt;&amp;&quot;&apos;&gt;'),
  'references in a namespace': find().replace('contoso', 'conto&#115;o'),
  'characters beyond the basic plane': utf8(find('\u{1F600}\u{10FFFD}é')),
  'combining characters, not normalised': utf8(find('e\u0301\u00e9')),
  'another prefix': prefixed('SOAP-ENV'),
  'a prefix of letters beyond ASCII': utf8(prefixed('größe')),
  'no prefix at all': `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>${body}</Body></Envelope>`,
  'a prefix declared twice, and unused ones': find().replace(
    '<s:Body',
    '<s:Body xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:zzz="urn:z"',
  ),
  'an empty Header': find().replace('<s:Body', '<s:Header/><s:Body'),
  'header blocks nobody knows': find('x', '1.1', '<u:A xmlns:u="urn:u" s:mustUnderstand="0">1</u:A><B xmlns=""/>'),
  'encodingStyle on the envelope': find().replace(
    '<s:Envelope',
    '<s:Envelope s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"',
  ),
  'attributes in another order, with tabs': find().replace('<what>', '<what\tb="2"\ta="1">'),
  'xsi:type and xsi:nil': find().replace(
    '<what>',
    '<what xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:string" i:nil="false">',
  ),
  'UTF-16, little end first': utf16le(`${declared('utf-16')}${find('é')}`),
  'UTF-16, big end first': utf16be(`${declared('utf-16')}${find('é')}`),
  'Latin-1': `${declared('iso-8859-1')}${find('\xe9\xfc')}`,
  'a long text': find('x'.repeat(100_000)),
  'deep but legal': envelope(
    `<Find xmlns="http://contoso.example/catalog">${'<a>'.repeat(60)}${'</a>'.repeat(60)}</Find>`,
  ),
  'two elements in Body': envelope(`${body}<Other xmlns="urn:other"/>`),
  'SOAP 1.2 in disguise': find('x', '1.2'),
  'bytes that are no XML': Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join(''),
};
