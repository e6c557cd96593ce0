import test from 'ava';
import { tooFewFiles } from './open-files.ts';

const limits = (soft: string): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            ${soft.padEnd(20)} 1048576              files
`;

test('a bound that leaves clients or destinations without a connection is told with what would fit', (t) => {
  t.regex(
    tooFewFiles(limits('1024'), 10_000) ?? '',
    /may have 1024 files open .* at least 20000, or gateway\.limits\.connections: 512$/,
  );
  t.regex(tooFewFiles(limits('1'), 100) ?? '', /connections: 1$/);
});

test('enough is nothing to tell, and so is what nobody knows', (t) => {
  t.is(tooFewFiles(limits('20000'), 10_000), null);
  t.is(tooFewFiles(limits('unlimited'), 10_000), null);
  t.is(tooFewFiles('', 10_000), null);
});
