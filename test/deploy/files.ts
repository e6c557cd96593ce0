// The files of deployment, read as data.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const alerts = (): readonly Alert[] => {
  const file = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
};

export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

export const dashboard = (): Dashboard => JSON.parse(read('deploy/grafana/dashboard.json')) as Dashboard;

/** Every query of the dashboard as plain PromQL, Grafana's variables filled in. */
export const queries = (): readonly string[] => {
  const { panels, annotations } = dashboard();
  const said = [...panels.flatMap(({ targets }) => targets), ...annotations.list].map(({ expr }) => expr);
  return said.map((expr) => expr.replaceAll(/\$(route|operation)\b/g, '.*'));
};
