import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { metricTable } from '../../metrics/metric-table.js';

const read = (name: string): string =>
  readFileSync(new URL(`../../docs/monitoring/${name}`, import.meta.url), 'utf8');

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { panels } = JSON.parse(read('grafana-dashboard.json')) as { readonly panels: readonly Panel[] };
const rules = read('prometheus-alerts.yml')
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((rule) => ({
    title: rule.slice(0, rule.indexOf('\n')),
    expr: /^ {8}expr: (?:>-\n)?([\s\S]*?)^ {8}\w/m.exec(rule)?.[1] ?? '',
    legendFormat: [...rule.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => `{{${label}}}`).join(),
  }));

const queries = [
  ...panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target }))),
  ...rules,
];

/** Names that Prometheus makes of a metric. */
const exposed = new Map(
  metricTable.flatMap(({ name, type, labels }) =>
    type === 'histogram'
      ? [
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]],
  ) as readonly (readonly [string, readonly string[]])[],
);

/** What Prometheus adds to every metric that it scrapes. */
const added = ['instance', 'job'];

describe('the dashboard and the alert rules', () => {
  for (const { title, expr, legendFormat } of queries) {
    const metrics = expr.match(/proxy_wifi_\w+/g) ?? [];
    const labels = new Set([...added, ...metrics.flatMap((name) => exposed.get(name) ?? [])]);

    it(`ask for metrics and labels that exist: ${title} (${metrics.join(', ')})`, () => {
      expect(metrics).not.to.have.lengthOf(0);
      for (const metric of metrics) expect([...exposed.keys()]).to.include(metric);
      const grouped = [...expr.matchAll(/by \(([\w, ]+)\)/g)].flatMap(([, list = '']) => list.split(', '));
      const matched = [...expr.matchAll(/[{,]\s*(\w+)\s*=~?\s*"/g)].map(([, label = '']) => label);
      const written = [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
      for (const label of [...grouped, ...matched, ...written])
        expect(labels.has(label), `label ${label}`).to.equal(true);
      for (const label of written) expect(grouped, `${label} is lost by the sum`).to.include(label);
    });

    it(`take the rate of counters and of nothing else: ${title} (${metrics.join(', ')})`, () => {
      for (const metric of metrics) {
        const isCounter = /_(total|bucket|sum|count)$/.test(metric);
        const isRated = new RegExp(`(rate|increase)\\(${metric}\\b`).test(expr);
        expect(isRated, metric).to.equal(isCounter);
      }
    });
  }

  it('leave no metric out of the dashboard', () => {
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    for (const { name } of metricTable) expect(shown, name).to.include(name);
  });

  it('name the panels and say what they show, and have eight alerts', () => {
    for (const { title, description } of panels) expect(title && description).to.match(/\.$/);
    expect(rules).to.have.lengthOf(8);
  });
});
