import { mkdtempSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exchange, fallbackExchange } from '../../test/helpers/exchange.ts';
import { account, noted } from './account.ts';
import { counters } from './counters.ts';
import { log } from './log.ts';
import type { Log } from './log.ts';
import type { ExecutionContext } from 'ava';

const opened = async (t: ExecutionContext, level?: string): Promise<{ log: Log; lines: () => unknown[] }> => {
  const file = join(mkdtempSync(join(tmpdir(), 'strangler-log-')), 'log');
  const made = log({ level, to: file });
  t.teardown(() => made.close());
  const lines = (): unknown[] => {
    made.flush();
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  };
  return { log: made, lines };
};

test('secrets are redacted wherever an object carries them', async (t) => {
  const { log: made, lines } = await opened(t);
  made.logger.info({ token: 'hunter2', headers: { authorization: 'hunter2' }, a: { b: { cookie: 'hunter2' } } }, 'x');
  t.is(lines().length, 1);
  t.false(JSON.stringify(lines()).includes('hunter2'));
});

test('lines of calls and of the logger share one stream, in order', async (t) => {
  const { log: made, lines } = await opened(t);
  const tell = account({ counters: counters(), noted: noted(), log: made, clock: () => 5 });
  made.logger.info('first');
  tell(exchange());
  made.logger.info('last');
  t.deepEqual(
    lines().map((line) => (line as { msg: string }).msg),
    ['first', 'call', 'last'],
  );
});

test('a quiet level drops good calls, never bad ones', async (t) => {
  const { log: made, lines } = await opened(t, 'silent');
  const tell = account({ counters: counters(), noted: noted(), log: made, clock: () => 5 });
  tell(exchange());
  tell(fallbackExchange());
  tell(exchange({ outcome: 'unavailable', by: 'gateway', status: 503 }));
  t.deepEqual(
    lines().map((line) => (line as { outcome: string }).outcome),
    ['unavailable'],
  );
});

test('a misspelt level means info', async (t) => {
  const { log: made } = await opened(t, 'verbose');
  t.is(made.logger.level, 'info');
});

test('lines that still wait are written when the process exits', (t) => {
  const source = `import { log } from ${JSON.stringify(new URL('log.ts', import.meta.url).href)};
    const made = log(); made.write('{"msg":"last words"}\\n'); process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
  t.is(stdout, '{"msg":"last words"}\n');
});

test('the latest calls worth a look are kept in order', (t) => {
  const kept = noted(3);
  for (let at = 1; at <= 5; at += 1) kept.add({ at, exchange: exchange() });
  t.deepEqual(
    kept.calls.map(({ at }) => at),
    [3, 4, 5],
  );
});
