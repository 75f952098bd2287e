import { STATUSES } from '../../../domain/job/job';
import type { OrganizationMetrics } from '../../../services/metrics/organization-metrics';
import type { IsolateCounts } from '../../../services/metrics/tally';
import type { Metric, MetricSample } from './exposition';

/** What one isolate has counted: `organization` is absent where it is all that it has. */
export function isolateFamilies(isolate: string, counts: IsolateCounts, organization?: string): Metric[] {
  const own = { isolate, ...(organization === undefined ? {} : { organization }) };
  const by = (label: string, values: Partial<Record<string, number>>, suffix = ''): MetricSample[] =>
    Object.entries(values).map(([name, value = 0]) => ({
      labels: { ...own, [label]: name + suffix },
      value,
    }));
  return [
    counter(
      'headway_requests',
      'Requests that this isolate has answered, by class of status.',
      by('status', counts.answers, 'xx'),
    ),
    counter(
      'headway_refusals',
      'Requests that this isolate has refused, by code.',
      by('code', counts.refusals),
    ),
    counter('headway_reports', 'Reports that this isolate has passed on to jobs which took them.', [
      { labels: own, value: counts.reports },
    ]),
  ];
}

/** What the objects of organizations tell, each under its name. */
export function organizationFamilies(all: readonly OrganizationMetrics[], now: number): Metric[] {
  const each = (of: (metrics: OrganizationMetrics) => number): MetricSample[] =>
    all.map((metrics) => ({ labels: { organization: metrics.organization }, value: of(metrics) }));
  const sum = (of: (shard: OrganizationMetrics['shards'][number]) => number) =>
    each(({ shards }) => total(shards, of));
  const perLimit = (of: 'use' | 'limit'): MetricSample[] =>
    all.flatMap(({ organization, usage }) =>
      Object.entries(usage).flatMap(([name, one]) => {
        const value = one[of];
        return value === null ? [] : [{ labels: { organization, name }, value }];
      }),
    );
  const jobs = all.flatMap(({ organization, jobs: kinds }) =>
    kinds.flatMap(({ job_type, counts }) =>
      STATUSES.map((status, index) => ({
        labels: { organization, ...(job_type === null ? {} : { job_type }), status },
        value: counts[index] ?? 0,
      })),
    ),
  );
  return [
    gauge('headway_jobs', 'Jobs by type and status; those without a type are of all other types.', jobs),
    gauge(
      'headway_jobs_open',
      'Jobs that have not ended.',
      each(({ usage }) => usage.jobs?.use ?? 0),
    ),
    gauge('headway_use', 'What is used of each limit of the organization.', perLimit('use')),
    gauge('headway_limit', 'The limits of the organization.', perLimit('limit')),
    counter(
      'headway_events',
      'Events of the feed.',
      sum(({ events }) => events),
    ),
    counter(
      'headway_publications',
      'Publications of jobs that the index has taken since its instances were opened.',
      sum(({ publications }) => publications),
    ),
    counter(
      'headway_index_told',
      'Those of them that brought events.',
      sum(({ told }) => told),
    ),
    counter(
      'headway_index_lag_seconds',
      'How long the events that they brought had waited, all together.',
      sum(({ lag_ms }) => lag_ms / 1_000),
    ),
    gauge(
      'headway_index_longest_lag_seconds',
      'The longest of them in the last minute or two.',
      each(({ shards }) => Math.max(0, ...shards.map(({ longest_lag_ms }) => longest_lag_ms)) / 1_000),
    ),
    gauge(
      'headway_endpoints',
      'Endpoints that are enabled.',
      each(({ endpoints }) => endpoints),
    ),
    counter(
      'headway_deliveries',
      'Deliveries that were made for the first 100 of them.',
      each(({ asked }) => total(asked, ({ deliveries }) => deliveries)),
    ),
    gauge(
      'headway_deliveries_waiting',
      'Deliveries of those that wait for another attempt.',
      each(({ asked }) => total(asked, ({ retries }) => retries)),
    ),
    gauge(
      'headway_endpoint_lag_events',
      'Events of the feed that the endpoint furthest behind has not looked at.',
      each(({ shards, asked }) =>
        Math.max(
          0,
          ...asked.map(({ through }) =>
            total(shards, ({ shard, events }) => Math.max(0, events - (through[shard] ?? 0))),
          ),
        ),
      ),
    ),
    gauge(
      'headway_endpoint_failing_seconds',
      'For how long every attempt of the endpoint that fails the longest has failed.',
      each(
        ({ asked }) =>
          Math.max(
            0,
            ...asked.map(({ failing_since }) => (failing_since === null ? 0 : now - failing_since)),
          ) / 1_000,
      ),
    ),
  ];
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function counter(name: string, help: string, samples: readonly MetricSample[]): Metric {
  return { name, type: 'counter', help, samples };
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): Metric {
  return { name, type: 'gauge', help, samples };
}
