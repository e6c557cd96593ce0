// JSON that tries to write XML of its own, where the schema leaves room for it and where it does not.
import test from 'ava';
import { AdapterError } from '../../../errors.ts';
import { decodeRequest, encodeReply, encodeRequest } from '../codec.ts';
import { wcf } from '../dialect.ts';
import { enveloped, operationOf } from '../../../../test/helpers/contracts.ts';
import { loadLaw } from '../../../../test/helpers/law-contracts.ts';
import type { Json } from '../../../adapter.ts';
import type { SoapOperation } from '../contract.ts';

const [open, marks, drawing, choices] = await Promise.all([
  loadLaw('any'),
  loadLaw('attributes'),
  loadLaw('jax-ws'),
  loadLaw('choice-heavy'),
]);
const put = operationOf(open.contract, 'Put');
const mark = operationOf(marks.contract, 'Mark');
const draw = operationOf(drawing.contract, 'draw');
const pick = operationOf(choices.contract, 'Pick');
const form = { version: '1.1', dialect: wcf } as const;
const any = (xml: Json): Json => ({ name: '', $any: [xml] });
const marked = (empty: Json): Json => ({
  marked: [{ $attributes: { at: '2024-01-01T00:00:00' } }],
  price: { $value: '1', $attributes: { currency: 'EUR' } },
  empty,
});

const refused = test.macro({
  exec: (t, operation: SoapOperation, json: Json, message: RegExp, reply = false) => {
    const act = (): Buffer => (reply ? encodeReply(operation, json, form) : encodeRequest(operation, json, form));
    const error = t.throws(act, { instanceOf: AdapterError });
    t.is(error?.code, 'ERR_CONTRACT');
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `refused in JSON: ${name}`,
});

test(
  'a DOCTYPE',
  refused,
  put,
  any('<!DOCTYPE a [<!ENTITY b "c">]><a xmlns="urn:f">&b;</a>'),
  /^\/\$any\/0: .*DOCTYPE/,
);
test('an entity', refused, put, any('<a xmlns="urn:f">&b;</a>'), /^\/\$any\/0: not well-formed/);
test('an element that closes more than it opened', refused, put, any('<a xmlns="urn:f"/></x><y>'), /not well-formed/);
test('two elements for one', refused, put, any('<a xmlns="urn:f"/><a xmlns="urn:f"/>'), /a second root/);
test('text for an element', refused, put, any('text'), /text outside/);
test('an object for XML', refused, put, any({ a: 1 }), /^\/\$any\/0: an object; expected XML/);
test('a prefix that only the message around it declares', refused, put, any('<i:a/>'), /not declared/);
test(
  'a value that would come to mean a name of ours',
  refused,
  put,
  any('<a xmlns="urn:f" b="i:nil"/>'),
  /"i", which nothing declares/,
);
test(
  'an element of a namespace that the schema keeps out',
  refused,
  put,
  any('<a xmlns="urn:any"/>'),
  /does not let in/,
);
test('an element that is too deep', refused, put, any(`<a xmlns="urn:f">${'<b>'.repeat(130)}`), /deeper than/);
test(
  'XML for a member that has a type',
  refused,
  put,
  { name: { $xml: '<name xmlns="urn:any"/>' } },
  /^\/name: an object/,
);
test('XML in place of the whole message', refused, put, { $xml: '<Put xmlns="urn:any"/>' }, /^\/name: missing/);
test(
  'another element than the member',
  refused,
  put,
  { $xml: '<x/>', value: { $xml: '<other xmlns="urn:any"/>' } },
  /^\/\$xml: a member/,
  true,
);
test(
  'another element under the name of the member',
  refused,
  put,
  { value: { $xml: '<other xmlns="urn:any"/>' } },
  /^\/value\/\$xml: the element \{urn:any\}other; expected/,
  true,
);
test(
  'XML and members at once',
  refused,
  put,
  { value: { $xml: '<value xmlns="urn:any"/>', $type: 'xs:int' } },
  /^\/value\/\$type: a member/,
  true,
);
test(
  'a type that the contract does not have',
  refused,
  put,
  { value: { $type: '{urn:any}__proto__', $value: 1 } },
  /^\/value\/\$type: not a type/,
  true,
);
test(
  'a type of XML Schema that is none',
  refused,
  put,
  { value: { $type: 'xs:toString', $value: 1 } },
  /^\/value\/\$type: not a type/,
  true,
);
test(
  'an attribute with markup in its name',
  refused,
  put,
  { name: '', $attributes: { '{urn:x}a="1" b': '2' } },
  /^\/\$attributes\//,
);
test(
  'an attribute that would be read as nil',
  refused,
  put,
  { name: '', $attributes: { '{http://www.w3.org/2001/XMLSchema-instance}nil': 'true' } },
  /^\/\$attributes\//,
);
test(
  'a declaration as an attribute',
  refused,
  put,
  { name: '', $attributes: { '{http://www.w3.org/2000/xmlns/}a': 'urn:x' } },
  /^\/\$attributes\//,
);
test(
  'a declared attribute under its long name',
  refused,
  put,
  { name: '', $attributes: { '{}id': 'x' } },
  /^\/\$attributes\//,
);
test(
  'an attribute without its namespace',
  refused,
  put,
  { name: '', $attributes: { toString: 'x' } },
  /^\/\$attributes\/toString/,
);
test('a name with markup in it', refused, draw, { code: '{urn:x}a><b' }, /^\/code: /);
test('a name with a colon', refused, draw, { code: 'a:b' }, /^\/code: /);
test(
  'a name with markup, as an attribute',
  refused,
  mark,
  marked({ $attributes: { kind: '{urn:x}a" b="' } }),
  /^\/empty\/\$attributes\/kind: /,
);
test('an item with two members', refused, pick, { card: '', $items: [{ A: 1, B: {} }] }, /^\/\$items\/0: .*A/);
test(
  'an item of another kind',
  refused,
  pick,
  { card: '', $items: [{ A: 1 }, { __proto__: null, toString: 1 }] },
  /^\/\$items\/1\/toString/,
);
test('half of a group', refused, pick, { card: '', city: null }, /^\/street: missing/);
test('two branches of a choice', refused, pick, { card: '', first: '', company: '' }, /expected one of/);

test('markup in the namespace of a name, or of an attribute, is text', (t) => {
  const ns = 'urn:"><evil a="&';
  const name = encodeRequest(draw, { code: `{${ns}}a` }, form).toString();
  t.regex(name, /xmlns:q1="urn:&quot;&gt;&lt;evil a=&quot;&amp;">q1:a</);
  const bytes = encodeRequest(put, { name: '', $attributes: { [`{${ns}}a`]: '"><x/>' } }, form);
  t.false(bytes.toString().includes('<x/>'));
  t.deepEqual(decodeRequest(put, bytes, 'text/xml').input, { name: '', $attributes: { [`{${ns}}a`]: '"><x/>' } });
});

test('XML in JSON is written again, not copied: comments, entities and prefixes of its own go', (t) => {
  const xml = `<?x y?><q:a xmlns:q='urn:f' xmlns:unused="urn:u" b = 'c'><!-- c --><![CDATA[<d/>]]></q:a>`;
  const bytes = encodeRequest(put, any(xml), form).toString();
  t.true(bytes.includes('<q:a xmlns:q="urn:f" b="c">&lt;d/&gt;</q:a>'));
});

test('XML that is kept brings the declarations that it needs, and no others', (t) => {
  const x = '<f:a f:b="1"><f:c xmlns:x="urn:x" type="n:T" other="o:no:name">n:V</f:c><f:d>o:V</f:d></f:a>';
  const xml = `<Put xmlns="urn:any" xmlns:f="urn:f" xmlns:n="urn:n" xmlns:o="urn:o"><name/>${x}</Put>`;
  t.deepEqual(decodeRequest(put, Buffer.from(enveloped(xml)), 'text/xml').input, {
    name: '',
    $any: [
      '<f:a xmlns:f="urn:f" f:b="1"><f:c xmlns:n="urn:n" other="o:no:name" type="n:T">n:V</f:c><f:d xmlns:o="urn:o">o:V</f:d></f:a>',
    ],
  });
});
