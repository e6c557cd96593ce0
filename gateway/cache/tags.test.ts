import test from 'ava';
import { alike, tagOf, tagsOfRead, tagsOfWrite, templateOf } from './tags.ts';

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

for (const input of [null, {}, { orderId: null }, { orderId: ['7', '8'] }])
  test(`a read that may be about any is taken back by a write of one: ${JSON.stringify(input)}`, (t) => {
    const templates = [templateOf('c1', 'GetOrder:{orderId}')];
    const read = tagsOfRead(templates, input);
    t.true(tagsOfWrite(templates, { orderId: '7' }).some((tag) => read.includes(tag)));
  });

test('a write that cannot be read takes back the operation as a whole', (t) =>
  t.deepEqual(tagsOfWrite([templateOf('c1', 'GetOrder:{orderId}')], null), ['c1:GetOrder']));

test('what a service may take for one id is one', (t) => {
  for (const [one, other] of [
    ['A-7', 'a-7'],
    [' 7\n', '7'],
    ['007', '7'],
    ['+7', '7.00'],
    ['-07.50', '-7.5'],
    ['0', '00.0'],
  ] as const)
    t.is(alike(one), alike(other), `${one} ${other}`);
  for (const [one, other] of [
    ['7', '70'],
    ['-7', '7'],
    ['7.5', '75'],
    ['7.05', '7.5'],
    ['a7', 'a07'],
  ] as const)
    t.not(alike(one), alike(other), `${one} ${other}`);
});
