import test from 'ava';
import * as fc from 'fast-check';
import { restOperations } from './rest-operations.ts';
import { parametersIn, parametersOf } from './rest-parameters.ts';

const values = test.macro<[string, string, Record<string, string> | null]>((t, operation, target, expected) => {
  const found = parametersOf(operation)(target);
  t.deepEqual(found === null ? null : { ...(found as object) }, expected);
});
test('by name', values, 'GET /a/{x}/b/{y}', '/a/1/b/2?q=3', { x: '1', y: '2' });
test('decoded', values, 'GET /a/{x}', '/a/a%20b%C3%A9', { x: 'a bé' });
test('what is no UTF-8 as it stands there', values, 'GET /a/{x}', '/a/%FF', { x: '%FF' });
test('none', values, 'GET /a', '/a', {});
test('a path that can be read in several ways has none', values, 'GET /a/{x}', '/a/b%2Fc', null);
test('nor has one of another operation', values, 'GET /a/{x}', '/a/b/c', null);

test('names of parameters stand in whole segments', (t) => {
  t.deepEqual(parametersIn('GET /a/{x}/{y}/b'), ['x', 'y']);
  t.deepEqual(parametersIn('other'), []);
});

test('LAW: all spellings of a path have the same values', (t) => {
  const text = fc.stringMatching(/^[A-Za-z0-9._~ é-]{1,8}$/).filter((each) => !each.startsWith('.'));
  const spelt = fc.tuple(text, fc.infiniteStream(fc.boolean()));
  fc.assert(
    fc.property(spelt, ([value, chances]) => {
      const hex = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`;
      const plain = encodeURIComponent(value);
      const other = [...Buffer.from(value)]
        .map((byte) => {
          const mayStand = byte < 128 && /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte));
          return mayStand && chances.next().value === true ? String.fromCharCode(byte) : hex(byte);
        })
        .join('');
      const find = restOperations(['GET /a/{x}']);
      if (find('GET', `/a/${other}`) === null) return;
      const of = parametersOf('GET /a/{x}');
      t.deepEqual(of(`/a/${other}`), of(`/a/${plain}`));
    }),
  );
});
