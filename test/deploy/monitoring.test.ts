import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { catalogue as known } from '../../gateway/telemetry/catalogue.ts';
import { alerts, dashboard, queries, read, root } from './files.ts';
import { testWith } from './program.ts';

const run = promisify(execFile);
const withPromtool = testWith('promtool', 'prometheus');

withPromtool('Prometheus takes its configuration and every rule', async (t, promtool) => {
  await t.notThrowsAsync(run(promtool, ['check', 'config', `${root}deploy/prometheus/prometheus.yml`]));
});

withPromtool('every alert fires in trouble and keeps quiet otherwise', async (t, promtool) => {
  await t.notThrowsAsync(run(promtool, ['test', 'rules', `${root}deploy/prometheus/alerts.test.yml`]));
});

withPromtool('every query of the dashboard is PromQL', async (t, promtool) => {
  const directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const rules = queries().map((expr, i) => ({ record: `query_${i}`, expr }));
  writeFileSync(join(directory, 'queries.yml'), stringify({ groups: [{ name: 'dashboard', rules }] }));
  await t.notThrowsAsync(run(promtool, ['check', 'rules', join(directory, 'queries.yml')]));
});

test('every alert has a severity, a patience, a summary and a sentence of what to do', (t) => {
  for (const { alert, for: patience, labels, annotations } of alerts()) {
    t.regex(patience ?? '', /^\d+[smh]$/, alert);
    t.true(['critical', 'warning'].includes(labels['severity'] ?? ''), alert);
    t.true((annotations['summary'] ?? '').length > 10, alert);
    t.regex(annotations['runbook'] ?? '', /\w{3,}.*\.$/, alert);
  }
});

interface AlertTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

test('every alert is tried both ways', (t) => {
  const { tests } = parse(read('deploy/prometheus/alerts.test.yml')) as AlertTests;
  const tried = tests.flatMap((one) => one.alert_rule_test);
  for (const { alert } of alerts()) {
    const of = tried.filter(({ alertname }) => alertname === alert);
    t.true(
      of.some(({ exp_alerts }) => exp_alerts.length > 0),
      `${alert} is never seen to fire`,
    );
    t.true(
      of.some(({ exp_alerts }) => exp_alerts.length === 0),
      `${alert} is never seen to keep quiet`,
    );
  }
});

const queried = test.macro<[readonly string[]]>((t, expressions) => {
  const labels = new Map<string, readonly string[]>(
    known.map((metric) => [metric.name, [...metric.labels, 'job', 'instance', 'le']]),
  );
  for (const expr of expressions) {
    const unquoted = expr.replaceAll(/"[^"]*"/g, '""');
    const used = [...unquoted.matchAll(/\b(strangler_\w+?)(?:_bucket|_sum|_count)?\b(?:\{([^}]*)\})?/g)];
    for (const [, name = '', selector = ''] of used) {
      t.true(labels.has(name), `${name} is in no catalogue: ${expr}`);
      for (const [, label = ''] of selector.matchAll(/(\w+)\s*[=!]/g)) {
        t.true(labels.get(name)?.includes(label), `${name} has no label ${label}: ${expr}`);
      }
    }
    const any = new Set(used.flatMap(([, name = '']) => labels.get(name) ?? []));
    for (const [, list = ''] of unquoted.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)) {
      for (const label of list.split(',').map((word) => word.trim())) {
        t.true(label === '' || any.has(label), `nothing here has a label ${label}: ${expr}`);
      }
    }
  }
});

test(
  'alerts ask only for metrics and labels that exist',
  queried,
  alerts().map(({ expr }) => expr),
);
test('the dashboard asks only for metrics and labels that exist', queried, queries());

test('the dashboard shows every metric that people decide by', (t) => {
  const all = queries().join('\n');
  const elsewhere = new Set(['strangler_log_up', 'strangler_log_lines_dropped_total']);
  for (const { name } of known) t.true(elsewhere.has(name) || all.includes(name), name);
});

test('panels have ids of their own, say what they show, and do not overlap', (t) => {
  const { panels } = dashboard();
  t.is(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Map<string, string>();
  for (const { title, description, gridPos } of panels) {
    t.true(description.length > 5, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        t.is(taken.get(`${x},${y}`), undefined, `${title} lies on another panel`);
        taken.set(`${x},${y}`, title);
      }
    }
  }
});
