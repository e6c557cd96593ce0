import test from 'ava';
import { table } from './table.ts';

test('text stands left, numbers right, and no line has trailing spaces', (t) => {
  const rows = [
    { name: 'a', count: 5 },
    { name: 'longer', count: 1_234 },
  ];
  t.is(
    table(
      [
        { title: 'COUNT', align: 'right', cell: ({ count }) => String(count) },
        { title: 'NAME', align: 'left', cell: ({ name }) => name },
      ],
      rows,
    ),
    'COUNT  NAME\n    5  a\n 1234  longer\n',
  );
});

test('a name cannot write control codes to the terminal', (t) => {
  t.is(table([{ title: 'X', align: 'left', cell: (text: string) => text }], ['a\u001b[31m\nb']), 'X\na?[31m?b\n');
});
