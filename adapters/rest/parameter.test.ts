import test from 'ava';
import { memberOf, parameterValue } from './parameter.ts';
import { Misfit } from '../soap/contract/values/misfit.ts';
import { builtinType, standingFor } from '../soap/contract/schema/simple-types.ts';
import { xsdNs } from '../soap/contract/xml/namespaces.ts';
import { operationOf } from '../../test/helpers/contracts.ts';
import { loadLaw } from '../../test/helpers/law-contracts.ts';

test('a name stands in a parameter as it does in JSON, for prefixes mean nothing there', (t) => {
  const name = { type: builtinType({ ns: xsdNs, local: 'QName' }, ''), repeats: false };
  t.is(parameterValue(name, ['{urn:a:b}kind']), '{urn:a:b}kind');
  t.is(parameterValue(name, ['kind']), 'kind');
  for (const text of ['a:kind', '{urn:a}', '']) t.throws(() => parameterValue(name, [text]), { instanceOf: Misfit });
});

test('what a repeated group has is no member of the input, and its list no parameter', async (t) => {
  const { contract } = await loadLaw('choice-heavy');
  const nested = operationOf(contract, 'Nested');
  t.deepEqual(nested.inputs, ['$items', 'end', '$items2']);
  t.is(memberOf(nested, 'end')?.type.builtin, 'int');
  for (const name of ['in', '$items']) t.is(memberOf(nested, name), null, name);
});

test('an empty parameter is no empty element, which a default would stand for', (t) => {
  const type = standingFor(builtinType({ ns: xsdNs, local: 'int' }, ''), '7');
  t.throws(() => parameterValue({ type, repeats: false }, ['']), { instanceOf: Misfit });
  t.is(parameterValue({ type, repeats: false }, ['5']), 5);
});
