/** What a metric is: its family's name, what it says, and its samples. A counter's name has no `_total`. */
export interface Metric {
  name: string;
  type: 'counter' | 'gauge';
  help: string;
  samples: readonly MetricSample[];
}

export interface MetricSample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export const PLAIN_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics as text. The two forms differ in what a counter's family is called, and in their end. Source: OpenMetrics 1.0;
 * Prometheus, text format 0.0.4.
 */
export function expose(metrics: readonly Metric[], form: 'open' | 'plain'): string {
  const families = metrics.filter(({ samples }) => samples.length > 0);
  const lines = families.flatMap(({ name, type, help, samples }) => {
    const sampled = type === 'counter' ? `${name}_total` : name;
    const family = form === 'open' ? name : sampled;
    return [
      `# HELP ${family} ${escaped(help)}`,
      `# TYPE ${family} ${type}`,
      ...samples.map(({ labels = {}, value }) => `${sampled}${labelled(labels)} ${value}`),
    ];
  });
  return [...lines, ...(form === 'open' ? ['# EOF'] : []), ''].join('\n');
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
