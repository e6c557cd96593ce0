import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startWcf } from '../../test/helpers/wcf.ts';
import { where } from '../../test/helpers/components.ts';
import { startLegacy } from './legacy.ts';
import { startTraffic, type Result } from './traffic.ts';

/** Traffic at 50 calls a second until 100 were answered. */
const hundred = async (url: string): Promise<{ results: Result[]; counts: object }> => {
  const results: Result[] = [];
  const enough = Promise.withResolvers<void>();
  const traffic = startTraffic({
    url,
    rate: 50,
    run: 'r',
    onResult: (result) => {
      results.push(result);
      if (results.length === 100) enough.resolve();
    },
  });
  await Promise.race([enough.promise, delay(30_000, undefined, { ref: false })]);
  await traffic.stop();
  return { results, counts: traffic.counts };
};

const troubles = (results: readonly Result[]): readonly (string | null)[] =>
  results.filter(({ outcome }) => outcome !== 'right').map(({ detail }) => detail);

test("traffic of all styles is answered rightly by legacy's twin", async (t) => {
  const legacy = await startLegacy({ port: 0 });
  t.teardown(() => legacy.close());
  const { results } = await hundred(legacy.url);
  t.deepEqual(troubles(results), []);
  t.true(results.length >= 100);
  t.deepEqual(new Set(results.map(({ operation }) => operation)).size, 4);
  t.is(legacy.orders.placed.length, results.filter(({ operation }) => operation === 'PlaceOrder').length);
});

// `component` has told what is missing and which package brings it; with CI set it throws, so nothing is skipped there.
where(test, 'mono')('the WCF service keeps up with 50 calls a second', async (t) => {
  const wcf = await startWcf(t);
  const { results } = await hundred(wcf.url);
  t.deepEqual(troubles(results), []);
  const placed = results.filter(({ operation }) => operation === 'PlaceOrder').length;
  t.is(wcf.lines.filter((line) => line.startsWith('placed ')).length, placed);
  t.is(new Set(wcf.lines).size, placed);
});
