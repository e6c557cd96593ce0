import test from 'ava';
import * as fc from 'fast-check';
import { editWeight } from './edit.ts';
import { load } from './load.ts';
import { memoryDisk } from './memory-disk.ts';
import type { Config } from './settle.ts';

const head = `# who: the orders team
version: 1
destinations: { old: { adapter: soap, url: "http://a", wsdl: a.wsdl }, new: { adapter: http, url: "http://b" } }
routes:
  orders:   # SOAP
    match: { path: /Orders.svc }
    protocol: soap
    legacy: old
    modern: new
    cohort: wsUsername
`;

/** Only these lines of `operations` differ. */
const edits = test.macro({
  exec: (t, body: string, expected: string, before: string | null = null) => {
    for (const eol of ['\n', '\r\n']) {
      const [text, wanted] = [head + body, head + expected].map((one) => one.replaceAll('\n', eol)) as [string, string];
      const edited = editWeight(text, 'orders', 'GetOrder', '25');
      t.is(edited.text, wanted);
      t.is(edited.before, before);
      const [old, now] = [text.split(eol), wanted.split(eol)];
      t.is(edited.line, now.findIndex((line, index) => line !== old[index]) + 1);
      t.true(now.length - old.length <= 1);
    }
  },
  title: (title) => title ?? '',
});

test(
  'a number is replaced, and the comment behind it stays',
  edits,
  '    operations:\n      GetOrder:\n        effect:   read\n        weight: 0   # soon\n      Other: { weight: 1 }\n',
  '    operations:\n      GetOrder:\n        effect:   read\n        weight: 25   # soon\n      Other: { weight: 1 }\n',
  '0',
);
test(
  'a number in a flow map is replaced',
  edits,
  '    operations:\n      GetOrder: { effect: write,weight: 12.50 } # x\n',
  '    operations:\n      GetOrder: { effect: write,weight: 25 } # x\n',
  '12.50',
);
test(
  'a quoted number is replaced',
  edits,
  '    operations: { GetOrder: { weight: "5" } }\n',
  '    operations: { GetOrder: { weight: 25 } }\n',
  '5',
);
test(
  'a reference to the environment is replaced',
  edits,
  '    operations:\n      GetOrder:\n        weight: ${W:-3}\n',
  '    operations:\n      GetOrder:\n        weight: 25\n',
  '${W:-3}',
);
test(
  'a weight that says nothing is filled in',
  edits,
  '    operations:\n      GetOrder:\n        weight: # ?\n',
  '    operations:\n      GetOrder:\n        weight: 25 # ?\n',
);
test(
  'a missing weight gets a line of its own, below the name',
  edits,
  '    operations:\n      GetOrder: # main\n          # reads\n          effect: read\n',
  '    operations:\n      GetOrder: # main\n          weight: 25\n          # reads\n          effect: read\n',
);
test(
  'a missing weight goes into a flow map',
  edits,
  '    operations:\n      GetOrder: { effect: read }\n',
  '    operations:\n      GetOrder: { weight: 25, effect: read }\n',
);
test(
  'an empty flow map is filled',
  edits,
  '    operations:\n      GetOrder: {}\n',
  '    operations:\n      GetOrder: { weight: 25 }\n',
);
test(
  'an operation of which nothing is said gets a map',
  edits,
  '    operations:\n      GetOrder:   # as it is\n      Other:\n',
  '    operations:\n      GetOrder: { weight: 25 }   # as it is\n      Other:\n',
);
test(
  'an operation at the end of the file gets a map',
  edits,
  '    operations:\n      GetOrder:',
  '    operations:\n      GetOrder: { weight: 25 }',
);
test(
  'an operation that is null gets a map',
  edits,
  '    operations:\n      GetOrder: ~\n',
  '    operations:\n      GetOrder: { weight: 25 }\n',
);
test(
  'a name alone in a flow map gets a map',
  edits,
  '    operations: { GetOrder, Other }\n',
  '    operations: { GetOrder: { weight: 25 }, Other }\n',
);
test(
  'a quoted name in a flow map gets a map',
  edits,
  '    operations: { "GetOrder": , Other }\n',
  '    operations: { "GetOrder": { weight: 25 } , Other }\n',
);
test(
  'an operation that is not named is added',
  edits,
  '    operations:\n      Other:\n        weight: 1\n',
  '    operations:\n      GetOrder: { weight: 25 }\n      Other:\n        weight: 1\n',
);
test(
  'an operation is added to a flow map',
  edits,
  '    operations: { Other: }\n',
  '    operations: { GetOrder: { weight: 25 }, Other: }\n',
);
test(
  'operations of which nothing is said are filled',
  edits,
  '    operations:\n',
  '    operations: { GetOrder: { weight: 25 } }\n',
);
test(
  'a flow map of several lines keeps its layout',
  edits,
  '    operations: {\n      Other: { weight: 1 }, # one\n      GetOrder: {\n        effect: read }\n    }\n',
  '    operations: {\n      Other: { weight: 1 }, # one\n      GetOrder: { weight: 25,\n        effect: read }\n    }\n',
);
test(
  'an alias for the number alone is replaced',
  edits,
  '    salt: &w "7"\n    operations: { GetOrder: { weight: *w } }\n',
  '    salt: &w "7"\n    operations: { GetOrder: { weight: 25 } }\n',
  '*w',
);

test('a route without operations gets them', (t) => {
  const { text, line } = editWeight(head, 'orders', 'GetOrder', 25);
  t.is(text, head.replace('# SOAP\n', '# SOAP\n    operations: { GetOrder: { weight: 25 } }\n'));
  t.is(line, 6);
});

test('without an operation the number of the route is set', (t) => {
  t.is(editWeight(head, 'orders', null, 0.07).text, head.replace('# SOAP\n', '# SOAP\n    weight: 0.07\n'));
  const said = `${head}    weight: 3\n`;
  t.deepEqual(editWeight(said, 'orders', null, '100'), { text: `${head}    weight: 100\n`, before: '3', line: 11 });
});

test('a name that is no plain word is quoted', (t) => {
  const text = 'routes:\n  api:\n    operations:\n      GET /b:\n';
  t.is(
    editWeight(text, 'api', 'GET /a/{id}', 5).text,
    'routes:\n  api:\n    operations:\n      "GET /a/{id}": { weight: 5 }\n      GET /b:\n',
  );
});

const refuses = test.macro({
  exec: (t, text: string, message: string, weight: string | number = 25) => {
    const error = t.throws(() => editWeight(text, 'orders', 'GetOrder', weight), { code: 'ERR_EDIT' });
    t.true(error?.message.includes(message), error?.message);
  },
  title: (title) => title ?? '',
});

test('a route of another file is refused', refuses, 'routes: { api: }\n', 'route orders is not in this file');
test('a file without routes is refused', refuses, '', 'there is no map');
test('a broken file is refused', refuses, 'routes: [', 'no valid YAML');
test('operations of another route are refused', refuses, `${head}    operations: { from: api }\n`, 'flip that one');
test(
  'an operation that an alias repeats is refused',
  refuses,
  `${head}    operations: { GetOrder: &a { weight: 1 }, Other: *a }\n`,
  'shared by an anchor',
);
test(
  'an alias of an operation is refused',
  refuses,
  `${head}    operations: { Other: &a { weight: 1 }, GetOrder: *a }\n`,
  'shared by an anchor',
);
test(
  'a weight that is a map is refused',
  refuses,
  `${head}    operations: { GetOrder: { weight: {} } }\n`,
  'is no number',
);
test('a number above 100 is refused', refuses, head, 'expected a number from 0 to 100', 100.01);
test('a number below 0 is refused', refuses, head, 'expected a number from 0 to 100', -1);
test('three decimals are refused', refuses, head, 'two decimals', '0.005');
test('text is refused', refuses, head, 'found 5%', '5%');

// A law: whatever the layout, the file then says the new number, and everything else as before.
const name = fc.constantFrom('GetOrder', 'PlaceOrder', 'A', 'B', 'C');
const settings = fc.record(
  {
    weight: fc.constantFrom('0', '5', '12.5', '"7"', ''),
    effect: fc.constantFrom('read', 'write'),
    salt: fc.constantFrom('s', '"x y"'),
  },
  { requiredKeys: [] },
);
const layout = fc.constantFrom('flow', 'block', 'null', 'flow-lines');
const comment = fc.constantFrom('', ' # note', '   # a: { b');
const operations = fc.uniqueArray(fc.tuple(name, settings, layout, comment), {
  selector: ([key]) => key,
  minLength: 1,
});

type Said = Record<string, string>;
const render = (key: string, said: Said, how: string, note: string): string => {
  const pairs = Object.entries(said)
    .map(([setting, value]) => [setting, setting === 'weight' && value === '' ? '1' : value])
    .map(([setting, value]) => `${setting}: ${value}`);
  const indent = ' '.repeat(8);
  if (how === 'null' || pairs.length === 0) return `      ${key}:${note}\n`;
  if (how === 'flow') return `      ${key}: { ${pairs.join(', ')} }${note}\n`;
  if (how === 'flow-lines')
    return `      ${key}: {${note}\n${indent}${pairs.join(`,${note}\n${indent}`)}${note}\n${indent}}\n`;
  return `      ${key}:${note}\n${pairs.map((pair) => `${indent}${pair}${note}\n`).join('')}`;
};

const read = async (text: string): Promise<Config | null> => {
  const { config, problems } = await load(['f.yaml'], {}, memoryDisk({ 'f.yaml': text }));
  return problems.length === 0 ? config : null;
};

test('after any edit the file says the new number, and all else as before', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      operations,
      name,
      fc.integer({ min: 0, max: 10_000 }),
      fc.boolean(),
      async (all, target, points, crlf) => {
        const body = all.map(([key, said, how, note]) => render(key, said as Said, how, note)).join('');
        const text = `${head}    operations:\n${body.replaceAll(/weight: "7"/g, 'weight: 7')}`.replaceAll(
          '\n',
          crlf ? '\r\n' : '\n',
        );
        const before = await read(text);
        const edited = editWeight(text, 'orders', target, String(points / 100));
        const after = await read(edited.text);
        if (before === null || after === null) throw new Error(`not read:\n${edited.text}`);
        const operation = after.routes.get('orders')?.operations.get(target);
        t.is(operation?.points, points);
        t.deepEqual(without(after, target), without(before, target));
        if (operation !== undefined && before.routes.get('orders')?.operations.has(target) === true) {
          t.deepEqual({ ...operation, points: 0 }, {
            ...before.routes.get('orders')?.operations.get(target),
            points: 0,
          } as never);
        }
      },
    ),
    { numRuns: 300 },
  );
});

const without = (config: Config, operation: string): unknown => {
  const routes = [...config.routes].map(([key, route]) => [
    key,
    { ...route, operations: [...route.operations].filter(([one]) => one !== operation) },
  ]);
  return { ...config, routes };
};
