/** What the service is meant to reach, as ratios within one run, and whether it did. */
import type { JobsPoint } from './growth.ts';
import { BATCH, type Measure } from './measures.ts';
import type { Results } from './results.ts';
import { type Cell, medianOf, samplesOf, throughputRatio } from './rounds.ts';

export interface Aim {
  what: string;
  /** The bound: at least, at most or below this. */
  bound: '≥' | '≤' | '<';
  aim: number;
  unit?: string;
  /** Null where this run did not measure it. */
  measured: number | null;
}

/** The connections at which an aim is taken that names none. */
const CONNECTIONS = 16;

export function aimsOf(results: Results): Aim[] {
  const { growth, index, start, watch, workers } = results;
  const cells = results.cells ?? [];
  const service = (measure: Measure, connections = CONNECTIONS) =>
    samplesOf(cells, 'Headway', measure, connections);
  const over = (other: string, measure: Measure, connections = CONNECTIONS) =>
    throughputRatio(service(measure, connections), samplesOf(cells, other, measure, connections));
  const batches = throughputRatio(service('batch'), samplesOf(cells, 'floor', 'report-200', CONNECTIONS));
  return [
    atLeast(0.8, 'plain report ÷ floor, 200 jobs, 16 connections', over('floor', 'report-200')),
    atLeast(1.5, 'plain report ÷ floor, one job, 64 connections', over('floor', 'report-1', 64)),
    atLeast(0.7, 'report over 10,000 jobs ÷ the same of the floor', overGrownFloor(growth, 10_000)),
    atLeast(
      1,
      'creates of one organization, 64 connections, with ÷ without shared commits in the index',
      index?.ratio ?? null,
    ),
    {
      what: 'commits of the index per create, 64 connections',
      ...{ bound: '<', aim: 0.5, measured: index?.commitsPerCreate ?? null },
    },
    atLeast(0.7, 'create ÷ bare first touch of an object with one table', over('floor', 'create')),
    atLeast(0.8, 'poll ÷ bare read through an object', over('floor', 'poll')),
    atLeast(
      30,
      `reports a second in batches of ${BATCH} ÷ single-report floor, 200 jobs`,
      batches && batches * BATCH,
    ),
    atLeast(1.3, 'plain report ÷ FastAPI + PostgreSQL', over('FastAPI + PostgreSQL', 'report-200')),
    atLeast(0.35, 'plain report ÷ Fastify + PostgreSQL', over('Fastify + PostgreSQL', 'report-200')),
    atLeast(2, 'one worker, batches of 100 ÷ the best peer by its own client library', overBestPeer(workers)),
    atLeast(
      0.7,
      'conditional poll of one job ÷ bare answer, 64 connections',
      watch?.polls.overBare.one ?? null,
    ),
    {
      what: 'reads a second in the object of that job',
      ...{ bound: '≤', aim: 5, measured: watch?.polls.readsPerSecond ?? null },
    },
    atLeast(3, 'reports over one WebSocket, 8 outstanding ÷ single-report floor', overSocket(watch, 8)),
    atLeast(7, 'reports over one WebSocket, 64 outstanding ÷ single-report floor', overSocket(watch, 64)),
    {
      what: 'p99 from a report’s answer to its frame, 1,000 watchers',
      ...{ bound: '≤', aim: 250, unit: 'ms' },
      measured: watch?.latency.find(({ watchers }) => watchers === 1_000)?.p99 ?? null,
    },
    ...(results.age ?? []).map(
      ({ what, ratio }): Aim => ({
        what: `time of an answer, aged ÷ young organization: ${what}`,
        bound: '≤',
        aim: 1.5,
        measured: ratio,
      }),
    ),
    { what: 'bundle, gzip', bound: '≤', aim: 120, unit: 'KiB', measured: start?.gzipKiB ?? null },
    {
      what: 'p99 of a report at 16 connections ÷ its p50',
      ...{ bound: '≤', aim: 10, measured: spread(cells) },
    },
  ];
}

/** Whether an aim is met; null where it was not measured. */
export function isMet({ bound, aim, measured }: Aim): boolean | null {
  if (measured === null) return null;
  if (bound === '≥') return measured >= aim;
  return bound === '≤' ? measured <= aim : measured < aim;
}

function atLeast(aim: number, what: string, measured: number | null): Aim {
  return { what, bound: '≥', aim, measured };
}

/** Peers wait for each report, as their libraries are used; what they reach by many at once stands in the report. */
function overBestPeer(workers: Results['workers']): number | null {
  if (workers === null || workers.peers.length === 0) return null;
  return workers.service.perSecond / Math.max(...workers.peers.map(({ one }) => one.perSecond));
}

/** Reports a second once there are `count` jobs. */
function overGrownFloor(growth: Results['growth'], count: number): number | null {
  const reportsOf = (points: readonly JobsPoint[]) => points.find(({ jobs }) => jobs === count)?.reports;
  const [ours, floors] = growth === null ? [] : [reportsOf(growth.jobs), reportsOf(growth.floor)];
  return ours === undefined || floors === undefined ? null : ours / floors;
}

function overSocket(watch: Results['watch'], outstanding: number): number | null {
  const cell = watch?.reports.find(({ way, underWay }) => way === 'WebSocket' && underWay === outstanding);
  return cell?.overFloor ?? null;
}

function spread(cells: readonly Cell[]): number | null {
  const samples = samplesOf(cells, 'Headway', 'report-200', CONNECTIONS);
  return samples && medianOf(samples, 'p99') / medianOf(samples, 'p50');
}
