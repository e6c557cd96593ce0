import test from 'ava';
import { memo } from './memo.ts';

test('what is asked again is not made again', (t) => {
  const made: string[] = [];
  const find = memo(2, (text) => made.push(text));
  find('a');
  find('a');
  t.deepEqual(made, ['a']);
});

test('what is asked for often survives a flood of others', (t) => {
  const made: string[] = [];
  const find = memo(4, (text) => made.push(text));
  for (let index = 0; index < 100; index++) {
    find('often');
    find(`once ${index}`);
  }
  t.is(made.filter((text) => text === 'often').length, 1);
});

test('long texts are not kept', (t) => {
  let made = 0;
  const find = memo(4, () => ++made);
  find('x'.repeat(600));
  find('x'.repeat(600));
  t.is(made, 2);
});
