import test from 'ava';
import { killedBy, parseKillFile } from './kill.ts';

const names = test.macro((t, text: string, expected: readonly string[]) =>
  t.deepEqual([...parseKillFile(text)], [...expected]),
);
test('an empty file kills everything', names, '', ['*']);
test('so does a file of blank lines and comments', names, '\n  \n# who, when\n', ['*']);
test('so does a star', names, '*\n', ['*']);
test('lines name routes and operations', names, 'orders\ninvoices.Pay\n', ['orders', 'invoices.Pay']);
test(
  'comments, Windows line ends, a byte order mark and margins are no names',
  names,
  '\uFEFF orders # night\r\n#x\r\n',
  ['orders'],
);
test('an operation of a plain HTTP route keeps its spaces', names, 'api.GET /orders/{id}', ['api.GET /orders/{id}']);
test('a # inside a name is part of it', names, 'orders.C#Order', ['orders.C#Order']);

const kills = test.macro<[string, string, string, boolean]>({
  exec: (t, name, route, operation, answer) => t.is(killedBy(new Set([name]), route, operation), answer),
  title: (_, name, route, operation, answer) => `"${name}" ${answer ? 'kills' : 'spares'} ${route}.${operation}`,
});
test(kills, '*', 'orders', 'GetOrder', true);
test(kills, 'orders', 'orders', 'GetOrder', true);
test(kills, 'orders.GetOrder', 'orders', 'GetOrder', true);
test(kills, 'orders.PlaceOrder', 'orders', 'GetOrder', false);
test(kills, 'invoices', 'orders', 'GetOrder', false);
test(kills, 'GetOrder', 'orders', 'GetOrder', false);

test('an empty set kills nothing', (t) => t.false(killedBy(new Set(), 'orders', 'GetOrder')));
