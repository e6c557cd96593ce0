import test from 'ava';
import * as fc from 'fast-check';
import { linearMatch } from './linear-match.ts';
import { xsdPattern } from './patterns.ts';

const compiled = (inner: string): RegExp => new RegExp(`^(?:${inner})$`, 'v');

const soon = test.macro({
  // A generous bound, for busy machines: what backtracks here never ends.
  exec: (t, inner: string, text: string) => {
    const before = performance.now();
    t.not(linearMatch(compiled(inner))?.(text), true);
    t.true(performance.now() - before < 5000);
  },
  title: (_, inner) => `no text makes it think long: ${String(inner)}`,
});
test(soon, '(a+)+b', 'a'.repeat(1000));
test(soon, '(a|a)*b', 'a'.repeat(1000));
test(soon, 'a*a*a*b', 'a'.repeat(1_000_000));
test(soon, '(\\p{L}+ ?)+!', 'word '.repeat(20_000));
test(soon, `${'a?'.repeat(30)}${'a'.repeat(30)}`, 'a'.repeat(29));
test(soon, '(a|aa){1,60}b', 'a'.repeat(60));

test('it says what backtracking says', (t) => {
  const atom = fc.constantFrom('a', 'b', '[ab]', '\\p{L}', '[^a]');
  const times = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{2,}', '{0,3}');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc
      .array(
        fc.tuple(
          fc.oneof(
            { maxDepth: 2 },
            atom,
            tie('pattern').map((inner) => `(${inner})`),
          ),
          times,
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .chain((parts) => {
        const text = parts.map((part) => part.join('')).join('');
        return fc.constantFrom(text, `${text}|b`, `${text}|`);
      }),
  }));
  const word = fc.array(fc.constantFrom('a', 'b', 'c', '😀'), { maxLength: 7 }).map((chars) => chars.join(''));
  fc.assert(
    fc.property(pattern, fc.array(word, { minLength: 5, maxLength: 5 }), (inner, words) => {
      const own = compiled(inner);
      const matches = linearMatch(own);
      for (const each of words) t.is(matches?.(each) ?? null, own.test(each), `${inner} ${each}`);
    }),
    { numRuns: 300 },
  );
});

test('what XML Schema does not have is no pattern', (t) => {
  for (const source of ['(?=a)b', '(a)\\1', 'a)', '(a{1,60}){1,60}{1,60}']) t.is(xsdPattern(source), null, source);
});
