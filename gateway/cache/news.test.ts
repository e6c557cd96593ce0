import test from 'ava';
import { news as makeNews, settling, staleness } from './news.ts';

const wound = () => {
  let [at, regained] = [0, 0];
  const news = makeNews({ now: () => at, regained: () => (regained += 1) });
  const beats = (ms: number): void => {
    for (let left = ms; left > 0; left -= 100) {
      at += 100;
      news.beat(at);
    }
  };
  return { news, beats, wind: (ms: number) => (at += ms), at: () => at, regained: () => regained };
};

test('news is believed once beats have come round for a while, and what was kept before is not', (t) => {
  const { news, beats, regained } = wound();
  t.false(news.isCurrent);
  beats(settling);
  t.is(regained(), 0);
  t.false(news.isCurrent);
  beats(100);
  t.is(regained(), 1);
  t.true(news.isCurrent);
});

test('silence ends belief after a second, and so does a beat that was long on its way', (t) => {
  const { news, beats, wind, at, regained } = wound();
  beats(settling + 100);
  wind(staleness);
  t.true(news.isCurrent);
  wind(1);
  t.false(news.isCurrent);
  news.beat(at());
  t.false(news.isCurrent, 'one beat is not enough');
  beats(settling + 100);
  t.true(news.isCurrent);
  t.is(regained(), 2);
  news.beat(at() - staleness - 1);
  t.false(news.isCurrent);
});

test('a connection that broke ends belief at once', (t) => {
  const { news, beats, regained } = wound();
  beats(settling + 100);
  news.broken();
  t.false(news.isCurrent);
  beats(settling);
  t.false(news.isCurrent);
  beats(200);
  t.true(news.isCurrent);
  t.is(regained(), 2);
});
