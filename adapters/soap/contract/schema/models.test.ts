// Content models that are more than a row of members: their JSON, and where in it something does not fit.
import test from 'ava';
import { AdapterError, RequestError } from '../../../errors.ts';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../codec.ts';
import { wcf } from '../dialect.ts';
import { enveloped, operationOf } from '../../../../test/helpers/contracts.ts';
import { loadLaw } from '../../../../test/helpers/law-contracts.ts';
import type { Json } from '../../../adapter.ts';
import type { SoapOperation } from '../contract.ts';

const [choices, drawing, dictionary, rpc] = await Promise.all([
  loadLaw('choice-heavy'),
  loadLaw('jax-ws'),
  loadLaw('dictionary'),
  loadLaw('rpc-literal'),
]);
const pick = operationOf(choices.contract, 'Pick');
const twice = operationOf(choices.contract, 'Twice');
const form = { version: '1.1', dialect: wcf } as const;
const type = 'text/xml';
const picked = (content: string): string => `<Pick xmlns="urn:choices">${content}</Pick>`;

const asked = test.macro((t, operation: SoapOperation, xml: string, json: Json) => {
  const { input } = decodeRequest(operation, Buffer.from(enveloped(xml)), type);
  t.deepEqual(input, json);
  t.deepEqual(decodeRequest(operation, encodeRequest(operation, json, form), type).input, json);
});

test('a repeated choice is a list with one object an occurrence', asked, pick, picked('<card/><A>1</A><C/><A>2</A>'), {
  card: '',
  $items: [{ A: 1 }, { C: '' }, { A: 2 }],
});
test(
  'members of a group that may be left out are optional members',
  asked,
  pick,
  picked('<card/><street>s</street><city>c</city>'),
  {
    card: '',
    street: 's',
    city: 'c',
  },
);
test('a choice between groups is told by its members', asked, pick, picked('<iban>1</iban><first>f</first>'), {
  iban: '1',
  first: 'f',
});
test(
  'one element at two places is a list with one object an element',
  asked,
  twice,
  '<Twice xmlns="urn:choices"><a>1</a><b/><a>2</a></Twice>',
  {
    $items: [{ a: 1 }, { b: '' }, { a: 2 }],
  },
);
test(
  'a substitution group is a choice',
  asked,
  operationOf(drawing.contract, 'draw'),
  '<d:draw xmlns:d="http://service.example.org/"><d:tile><side>1</side></d:tile></d:draw>',
  { tile: { side: 1 } },
);
test(
  'the parts of an rpc message are the members of an object',
  asked,
  operationOf(rpc.contract, 'find'),
  '<o:find xmlns:o="urn:rpc"><zip>12345</zip><near><t:city xmlns:t="urn:rpc:types">c</t:city></near><limit>9</limit></o:find>',
  { zip: '12345', near: { city: 'c' }, limit: '9' },
);
test(
  'references between objects are kept, not followed',
  asked,
  operationOf(dictionary.contract, 'Map'),
  '<Map xmlns="urn:dictionary" xmlns:z="http://schemas.microsoft.com/2003/10/Serialization/"><byId><KeyValueOfintPerson><Key>1</Key><Value z:Id="i1"><Boss z:Ref="i1"/></Value></KeyValueOfintPerson></byId></Map>',
  { byId: [{ Key: 1, Value: { $id: 'i1', Boss: { $ref: 'i1' } } }] },
);

test('a repeated sequence is a list with one object an occurrence, or an element where occurrences cannot be told', (t) => {
  const json = {
    $items: [{ key: 'k', value: [1, 2] }, { key: 'l' }],
    $items2: [{ up: 1 }, { down: 1 }, { stop: true }],
  };
  const bytes = encodeReply(pick, json, form);
  t.regex(
    bytes.toString(),
    /<key>k<\/key><value>1<\/value><value>2<\/value><key>l<\/key><up>1<\/up><down>1<\/down><stop>/,
  );
  t.deepEqual(decodeReply(pick, bytes, type), { kind: 'value', json });
});

const misfit = test.macro({
  exec: (t, content: string, path: string, message: RegExp) => {
    const act = (): unknown => decodeRequest(pick, Buffer.from(enveloped(picked(content))), type);
    const error = t.throws(act, { instanceOf: RequestError });
    t.is(error?.path, path);
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `XML does not fit: ${name}`,
});
test('a value in a repeated choice', misfit, '<card/><C/><A>x</A>', '/$items/1/A', /xs:int/);
test('a type inside a repeated choice', misfit, '<card/><B><size>1</size></B>', '/$items/0/B', /size, out of order/);
test('half of a group', misfit, '<card/><city/>', '', /city, out of order/);
test('the other half of a group', misfit, '<card/><street/>', '', /no element city, which is required/);
test('no branch of a choice', misfit, '<A>1</A>', '', /none of card, iban, voucher; expected one/);
test('a second branch of a choice', misfit, '<card/><iban>1</iban>', '', /iban, out of order/);

const breach = test.macro({
  exec: (t, operation: SoapOperation, json: Json, message: RegExp) => {
    const error = t.throws(() => encodeRequest(operation, json, form), { instanceOf: AdapterError });
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `JSON does not fit: ${name}`,
});
test(
  'elements that may not follow each other',
  breach,
  twice,
  { $items: [{ a: 1 }, { a: 2 }] },
  /^\/\$items: no element b/,
);
test('an empty list where something is required', breach, twice, { $items: [] }, /^\/\$items: no element a/);
test('a value in an item', breach, pick, { card: '', $items: [{ A: 1 }, { A: 'x' }] }, /^\/\$items\/1\/A: .*xs:int/);
test('no list', breach, pick, { card: '', $items: {} }, /^\/\$items: an object; expected a list/);
test('half of a group, in JSON', breach, pick, { card: '', street: 's' }, /^\/city: missing/);
