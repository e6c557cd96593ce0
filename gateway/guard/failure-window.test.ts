// It may ask opossum less often than there are failures, but never later than one of them was one too many.
import test from 'ava';
import * as fc from 'fast-check';
import { failureWindow } from './failure-window.ts';
import { usualBreaker } from './schema.ts';

const window = 1000;
const width = window / 10;

/** So many good calls, so many failures, or milliseconds that pass. */
interface Step {
  readonly is: 'good' | 'bad' | 'pass';
  readonly many: number;
}

const stepOf = (is: Step['is'], weight: number, max: number) => ({
  weight,
  arbitrary: fc.record({ is: fc.constant(is), many: fc.integer({ min: 1, max }) }),
});
const steps = fc.array(fc.oneof(stepOf('good', 3, 40), stepOf('bad', 4, 12), stepOf('pass', 2, 700)), {
  minLength: 1,
  maxLength: 40,
});

/** Every ending with its tenth of the window, counted anew each time. */
const plainly = (minimumCalls: number, percent: number) => {
  let ended: { readonly tenth: number; readonly failed: boolean }[] = [];
  return {
    isTooMany(failed: boolean, now: number): boolean {
      const tenth = Math.floor(now / width);
      ended = [...ended, { tenth, failed }].filter((each) => each.tenth > tenth - 10);
      const failures = ended.filter((each) => each.failed).length;
      return failed && ended.length >= minimumCalls && failures * 100 >= percent * ended.length;
    },
  };
};

test('the failure that is one too many is found at once, whatever came before it', (t) => {
  const rates = fc.constantFrom(5, 20, 30, 50, 70, 90, 100);
  const minimums = fc.integer({ min: 1, max: 25 });
  let opened = 0;
  fc.assert(
    fc.property(rates, minimums, steps, (percent, minimumCalls, taken) => {
      const measured = failureWindow({ ...usualBreaker(), failureRate: percent / 100, minimumCalls, window }, 0);
      const counted = plainly(minimumCalls, percent);
      let now = 0;
      for (const { is, many } of taken) {
        if (is === 'pass') now += many;
        for (let left = is === 'pass' ? 0 : many; left > 0; left -= 1) {
          const isTooMany = counted.isTooMany(is === 'bad', now);
          if (is === 'good') measured.good(now);
          else if (measured.bad(now) !== isTooMany) return false;
          if (!isTooMany) continue;
          opened += 1;
          return true; // its owner makes another one
        }
      }
      return true;
    }),
    { numRuns: 1000 },
  );
  t.true(opened > 300, `${opened} of them opened`);
});
