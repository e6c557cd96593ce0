import test from 'ava';
import { skipping } from './skipping.ts';

const wound = () => {
  let at = 0;
  const gate = skipping({ now: () => at, chance: () => 1 });
  return { gate, wind: (ms: number) => (at += ms) };
};

test('one failure keeps calls out, until a try after the pause succeeds', (t) => {
  const { gate, wind } = wound();
  t.true(gate.isOpen);
  gate.bad();
  t.false(gate.isOpen);
  t.false(gate.mayTry());
  gate.good(); // one that was on its way
  t.false(gate.isOpen);
  wind(200);
  t.true(gate.mayTry());
  t.false(gate.isOpen, 'no call is the one to try it');
  gate.good();
  t.true(gate.isOpen);
});

test('pauses grow to a bound, and are short again after a quiet time', (t) => {
  const { gate, wind } = wound();
  const pause = (): number => {
    let ms = 0;
    for (gate.bad(); !gate.mayTry(); ms += 100) wind(100);
    return ms;
  };
  t.deepEqual(
    Array.from({ length: 6 }, () => pause()),
    [100, 200, 400, 800, 1600, 2000],
  );
  gate.good();
  wind(20_000);
  t.is(pause(), 100);
});

test('calls that fail together count as one; twice in a row it is down', (t) => {
  const { gate, wind } = wound();
  for (let n = 0; n < 100; n += 1) gate.bad();
  t.false(gate.isDown);
  wind(100);
  t.true(gate.mayTry());
  gate.bad();
  t.true(gate.isDown);
  gate.good();
  t.false(gate.isDown);
});
