import test from 'ava';
import { exposition, type Family, type Value } from './exposition.ts';

const slicesOf = async (families: Iterable<Family>, msPerLine = 0) => {
  const clock = { now: 0, rests: 0 };
  const ticking = families[Symbol.iterator]();
  const timed = function* (): Iterable<Family> {
    for (let next = ticking.next(); next.done !== true; next = ticking.next()) {
      const { values, ...family } = next.value;
      const slow = function* (): Iterable<Value> {
        for (const value of values) {
          clock.now += msPerLine;
          yield value;
        }
      };
      yield { ...family, values: slow() };
    }
  };
  const breath = { now: () => clock.now, rest: async () => void (clock.rests += 1) };
  const slices: string[] = [];
  for await (const one of exposition(timed(), breath)) slices.push(one);
  return { slices, text: slices.join(''), rests: clock.rests };
};
const gauge = (values: Iterable<Value>): Family => ({ name: 'g', type: 'gauge', help: 'Of\nit \\ all.', values });

test('a family is announced, and each of its series a line', async (t) => {
  const histogram = { labels: { le: 0.5 }, value: 3, metricName: 'g_bucket' };
  const { text } = await slicesOf([gauge([{ labels: {}, value: 1.5 }, histogram]), gauge([])]);
  const head = '# HELP g Of\\nit \\\\ all.\n# TYPE g gauge\n';
  t.is(text, `${head}g 1.5\ng_bucket{le="0.5"} 3\n\n${head}\n`);
});

test('what would end a label is escaped, and figures without end have their names', async (t) => {
  const labels = { a: 'x"y\\z\n', b: 'plain' };
  const values = [Infinity, -Infinity, Number.NaN].map((value) => ({ labels, value }));
  const { text } = await slicesOf([gauge(values)]);
  const series = 'g{a="x\\"y\\\\z\\n",b="plain"}';
  t.deepEqual(text.split('\n').slice(2, 5), [`${series} +Inf`, `${series} -Inf`, `${series} NaN`]);
});

test('much of it is written a few milliseconds at a time, with a rest between, and nothing is lost', async (t) => {
  const values = Array.from({ length: 1000 }, (_, value) => ({ labels: { n: value }, value }));
  const { slices, text, rests } = await slicesOf([gauge(values)], 0.1);
  t.is(rests, slices.length - 1);
  t.true(slices.length >= 15, `${slices.length} slices of 100 ms`);
  t.deepEqual(
    text.split('\n').slice(2, 1002),
    values.map(({ value }) => `g{n="${value}"} ${value}`),
  );
  t.is((await slicesOf([gauge(values)])).slices.length, 1);
});
