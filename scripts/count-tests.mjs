// Counts a TAP report of AVA's, as CI needs it: `N passed, N failed`, and exit 1 unless all is well.
// Usage: node scripts/count-tests.mjs REPORT [--exit CODE] [--failed-checks N]
//
// What is skipped or left for later counts as failed: a test that did not run has shown nothing. So does a run that failed
// without a failing test to show for it, one that ended before it told its plan, and one without tests.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { exit: { type: 'string', default: '0' }, 'failed-checks': { type: 'string', default: '0' } },
});
const report = readFileSync(positionals[0], 'utf8');
const lines = report.split(/\r?\n/);
const left = lines.filter((line) => /^(not )?ok \d+ .*# (SKIP|TODO)\b/.test(line));
const passed = lines.filter((line) => /^ok \d+\b/.test(line) && !left.includes(line)).length;
const broken = lines.filter((line) => /^not ok \d+\b/.test(line) && !left.includes(line));

const reasons = [...left.map((line) => `did not run: ${line}`), ...broken];
if (!lines.some((line) => /^1\.\.\d+$/.test(line))) reasons.push('the report has no plan: the run was cut short');
if (passed === 0) reasons.push('no test passed');
if (values.exit !== '0' && reasons.length === 0) reasons.push(`the tests ended with exit code ${values.exit}`);

const failed = reasons.length + Number(values['failed-checks']);
for (const reason of reasons) console.log(reason);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
