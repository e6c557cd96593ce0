import test from 'ava';
import { median, spread, table } from '../../bench/parts/figures.ts';
import { cases } from '../../bench/parts/cases.ts';
import { figuresOf } from '../../bench/parts/load.ts';
import { selfTimes } from '../../bench/parts/profile.ts';
import { cpuSeconds, freePort, ticksOf } from '../../bench/parts/process.ts';
import { gatewayConfig } from '../../bench/parts/proxies.ts';
import { load } from '../../gateway/config/load.ts';

test('the median of an even number of samples lies between the middle two', (t) => {
  t.is(median([4, 1, 3, 10]), 3.5);
  t.is(median([10, 2, 9]), 9);
  t.throws(() => median([]));
});

test('a spread names the extremes in whatever order they came', (t) => {
  t.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
});

test('columns are as wide as their widest cell, and only the first is to the left', (t) => {
  t.is(
    table([
      ['', 'µs'],
      ['nginx', '9.5'],
      ['hpm', '100.0'],
    ]),
    '          µs\nnginx    9.5\nhpm    100.0',
  );
});

test('CPU time is found behind a program name with spaces and brackets', (t) => {
  t.is(ticksOf('7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 5 6 7'), 300);
});

const onLinux = process.platform === 'linux' ? test : test.skip; // /proc: overhead.ts runs on Linux only

onLinux('the CPU time of a process that works grows', (t) => {
  const before = cpuSeconds(process.pid);
  const until = performance.now() + 150;
  while (performance.now() < until) median([1, 2, 3]);
  t.true(cpuSeconds(process.pid) > before);
});

test('a free port lies below the range that the kernel hands to clients', async (t) => {
  const port = await freePort();
  t.true(port >= 10_000 && port < 32_768);
});

test('wrk output without figures is an error that shows the output', (t) => {
  t.throws(() => figuresOf('unable to connect'), { message: /unable to connect/ });
  t.is(figuresOf('Running 2s test\nFIGURES {"calls":5}\n').calls, 5);
});

test('requests are whole, of one size, and of many clients', (t) => {
  const [soap, get] = cases.map(({ requests }) => requests);
  t.is(new Set(soap).size, 200);
  t.is(new Set(get).size, 200);
  for (const request of soap!) {
    const [head, body] = request.split('\r\n\r\n') as [string, string];
    t.is(Buffer.byteLength(body), 1024);
    t.true(head.includes('Content-Length: 1024'));
  }
  t.deepEqual(
    cases.map(({ reply }) => Buffer.byteLength(reply)),
    [1536, 1024],
  );
});

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });

test('a profile is summed by function, idle time left out', (t) => {
  const nodes = [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('relay', 'file:///a/b/adapters/wire/relay.ts') },
    { id: 3, callFrame: frame('write') },
    { id: 4, callFrame: frame('relay', 'file:///a/b/adapters/wire/relay.ts') },
  ];
  t.deepEqual(selfTimes({ nodes, samples: [1, 2, 3, 4], timeDeltas: [900, 20, 50, 30] }), [
    { where: 'relay adapters/wire/relay.ts:10', share: 0.5 },
    { where: 'write', share: 0.5 },
  ]);
});

test('the file that the gateway is measured with is one that it takes', async (t) => {
  const text = gatewayConfig({ port: 1, health: 2, admin: 3, to: 4, wsdl: '/orders.wsdl' });
  const disk = { read: () => Promise.resolve(text), list: () => Promise.resolve([]) };
  const { problems } = await load(['/bench/routes.config.yaml'], {}, disk);
  t.deepEqual(problems, []);
});
