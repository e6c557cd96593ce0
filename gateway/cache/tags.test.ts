import test from 'ava';
import { tagOf, templateOf } from './tags.ts';

test('an operation alone is one tag, whatever was asked', (t) => {
  const template = templateOf('c1', 'GetOrder');
  t.deepEqual([template.operation, template.members], ['GetOrder', []]);
  t.is(tagOf(template, { orderId: '7' }), tagOf(template, null));
});

test('members tell calls apart, as text: 7 is "7"', (t) => {
  const template = templateOf('c1', 'GetOrder:{orderId}');
  t.is(tagOf(template, { orderId: 7, more: 1 }), tagOf(template, { orderId: '7' }));
  t.not(tagOf(template, { orderId: '8' }), tagOf(template, { orderId: '7' }));
  t.not(tagOf(template, { orderId: '7' }), tagOf(templateOf('c2', 'GetOrder:{orderId}'), { orderId: '7' }));
});

test('values cannot run into each other', (t) => {
  const template = templateOf('c1', 'Get:{a}{b}');
  t.not(tagOf(template, { a: '1', b: '23' }), tagOf(template, { a: '12', b: '3' }));
});

test('a member inside another', (t) => {
  const template = templateOf('c1', 'Get:{order.id}');
  t.is(tagOf(template, { order: { id: '7' } }), tagOf(template, { order: { id: 7, more: [] } }));
});

for (const input of [null, {}, { orderId: null }, { orderId: [7] }, { orderId: { id: 7 } }, [7]])
  test(`no tag for what is no single value: ${JSON.stringify(input)}`, (t) =>
    t.is(tagOf(templateOf('c1', 'GetOrder:{orderId}'), input), null));

for (const said of ['', 'Get:', 'Get:{}', 'Get:orderId', '{orderId}'])
  test(`not a template: ${said}`, (t) => t.throws(() => templateOf('c1', said), { message: /expected an operation/ }));
