/** What the service is meant to reach, most of it as ratios within one run, and whether it did. */
import { type Aim, atLeast, atMost, below, once, times } from './aim.ts';
import { besideGrowth, besideLives, besideProcessor, besideRows } from './beside.ts';
import { type CellSample, type State, samplesAt, throughputRatio } from './cells.ts';
import type { JobsPoint } from './growth.ts';
import { BATCH, type Measure } from './measures.ts';
import type { WorkerRun } from './one-worker.ts';
import { COSTS, type Cost } from './processor-time/sendings.ts';
import type { Results } from './results.ts';
import { ratio, type Spread, spreadOf } from './stats.ts';
import { amount, spreadText } from './table.ts';

/** The connections at which an aim is taken that names none. */
const CONNECTIONS = 16;

export function aimsOf(results: Results): Aim[] {
  return [...throughput(results), ...processor(results), ...rest(results)];
}

function throughput(results: Results): Aim[] {
  const cells = results.cells ?? [];
  const of = (contestant: string, measure: Measure, connections = CONNECTIONS, state: State = 'fresh') =>
    samplesAt(cells, { contestant, measure, connections, state });
  const over = (other: string, measure: Measure, connections?: number, state?: State) =>
    throughputRatio(of('Headway', measure, connections, state), of(other, measure, connections, state));
  const fresh = over('floor', 'report-200');
  const after = over('floor', 'report-200', CONNECTIONS, 'after creations');
  const besides = (cost: Cost) => besideProcessor(results, cost);
  const report = 'plain report ÷ floor';
  const floorTail = tail(of('floor', 'report-200'));
  return [
    atLeast(
      ...([0.75, `${report}, 200 jobs, 16 connections, after creations`, after] as const),
      [fresh === null ? '' : `fresh ${spreadText(fresh)}`, besides('report')].filter(Boolean).join('; '),
    ),
    atLeast(0.8, `${report}, 200 jobs, 16 connections, fresh`, fresh, besides('report')),
    atLeast(1.5, `${report}, one job, 64 connections`, over('floor', 'report-1', 64), besides('report')),
    atLeast(0.65, 'create ÷ bare first touch, 16 connections', over('floor', 'create'), besides('create')),
    atLeast(0.85, 'poll ÷ bare read through an object', over('floor', 'poll'), besides('poll')),
    atLeast(
      ...([40, `batches of ${BATCH}, reports ÷ floor’s reports, 200 jobs`] as const),
      times(throughputRatio(of('Headway', 'batch'), of('floor', 'report-200')), BATCH),
      besides('batch'),
    ),
    ...(
      [
        ['FastAPI + PostgreSQL', 1.5],
        ['Fastify + PostgreSQL', 0.35],
      ] as const
    ).map(([peer, aim]) => {
      return atLeast(aim, `plain report ÷ ${peer}`, over(peer, 'report-200'), besideLives(results, peer));
    }),
    atMost(
      ...([10, 'p99 of a report at 16 connections ÷ its p50'] as const),
      tail(of('Headway', 'report-200')),
      floorTail === null ? '' : `the floor’s ${spreadText(floorTail)}`,
    ),
  ];
}

function processor({ processor, idle, rows }: Results): Aim[] {
  const aims: [aim: number, cost: Cost][] = [
    [1.35, 'report'],
    [1.2, 'poll'],
    [1.25, 'conditional'],
    [1.5, 'create'],
  ];
  const [own, floor] = ['Headway', 'floor'].map((name) => idle?.find((one) => one.contestant === name));
  return [
    ...aims.map(([aim, cost]) => {
      const found = processor?.find((one) => one.cost === cost);
      const what = `processor time, ${COSTS[cost].service} ÷ ${COSTS[cost].floor}`;
      return atMost(aim, what, found?.ratio ?? null, besideProcessor({ processor }, cost));
    }),
    {
      ...below(0.1, 'idle processor time in the minutes after 1,000 creations, a job', once(own?.idleMs)),
      unit: 'ms',
      beside: floor === undefined ? '' : `the floor ${floor.idleMs.toFixed(3)} ms`,
    },
    atMost(
      ...([1.1, 'rows written a report, 1,000 jobs at one per 15 s, unwatched'] as const),
      once(rows?.perReport),
      besideRows(rows),
    ),
  ];
}

function rest(results: Results): Aim[] {
  const { age, growth, index, start, watch, workers } = results;
  const rates = (runs: readonly (WorkerRun | undefined)[]) =>
    runs.map((run) => (run === undefined ? '–' : amount(spreadOf(run.perSecond).median))).join(' to ');
  const ofService = (how: WorkerRun['manner']) =>
    workers?.find(({ contestant, manner }) => contestant === 'Headway' && manner === how);
  const [own, often, client] = [ofService('one'), ofService('many'), ofService('end')];
  const bullmq = workers?.find(({ contestant, manner }) => /BullMQ/.test(contestant) && manner === 'many');
  const best = bestPeer(workers);
  const socket = (aim: number, outstanding: number) => {
    const found = watch?.reports.find(({ way, underWay }) => way === 'WebSocket' && underWay === outstanding);
    return atLeast(
      aim,
      `reports over one WebSocket, ${outstanding} outstanding ÷ single-report floor`,
      found?.overFloor ?? null,
      found === undefined
        ? ''
        : `${amount(found.perSecond)} reports a second, p50 ${found.p50.toFixed(1)} ms`,
    );
  };
  return [
    atLeast(
      ...([1.5, 'one worker by batches ÷ BullMQ’s own client with 100 in flight'] as const),
      overWorker(own, bullmq),
      `${rates([own, bullmq])} reports a second`,
    ),
    atLeast(
      ...([2, 'report() of one worker’s client ÷ BullMQ’s own client with 100 in flight'] as const),
      overWorker(client, bullmq),
      `${rates([client, bullmq])} reports a second; ${rates([often])} where each ${BATCH} are waited for`,
    ),
    atLeast(
      ...([2, `one worker, batches of ${BATCH} ÷ the best peer that waits for each`] as const),
      overWorker(own, best),
      `${rates([own, best])} reports a second`,
    ),
    atLeast(
      ...([1, 'creates of one organization, 64 connections, with ÷ without shared commits'] as const),
      index?.ratio ?? null,
      index === null ? '' : `${amount(index.shared)} to ${amount(index.each)} a second`,
    ),
    below(0.5, 'commits of the index per create, 64 connections', once(index?.commitsPerCreate)),
    atLeast(
      ...([0.7, 'report over 10,000 jobs ÷ the same of the floor'] as const),
      overGrownFloor(growth, 10_000),
      besideGrowth(growth, 10_000),
    ),
    atLeast(
      0.8,
      'conditional poll of one job ÷ bare answer, 64 connections',
      watch?.polls.overBare.one ?? null,
      besideProcessor(results, 'conditional'),
    ),
    atMost(5, 'reads a second in the object of that job', once(watch?.polls.readsPerSecond)),
    socket(3, 8),
    socket(8, 64),
    {
      ...atMost(
        ...([250, 'p99 from a report’s answer to its frame, 1,000 watchers'] as const),
        once(watch?.latency.find(({ watchers }) => watchers === 1_000)?.p99),
      ),
      unit: 'ms',
    },
    ...(age ?? []).map(({ what, ratio }) => {
      return atMost(1.5, `time of an answer, aged ÷ young organization: ${what}`, ratio);
    }),
    { ...atMost(120, 'bundle, gzip', once(start?.gzipKiB)), unit: 'KiB' },
  ];
}

function tail(samples: readonly CellSample[] | null): Spread | null {
  return samples && spreadOf(samples.map(({ p50, p99 }) => p99 / p50));
}

/** Peers wait for each report there, as their libraries are used. */
function bestPeer(workers: Results['workers']): WorkerRun | undefined {
  const peers = (workers ?? []).filter(
    ({ contestant, manner }) => contestant !== 'Headway' && manner === 'one',
  );
  return peers.sort((a, b) => spreadOf(b.perSecond).median - spreadOf(a.perSecond).median)[0];
}

function overWorker(own: WorkerRun | undefined, other: WorkerRun | undefined): Spread | null {
  return own === undefined || other === undefined ? null : ratio(own.perSecond, other.perSecond);
}

/** Reports a second once there are `count` jobs. */
function overGrownFloor(growth: Results['growth'], count: number): Spread | null {
  const reportsOf = (points: readonly JobsPoint[]) => points.find(({ jobs }) => jobs === count)?.reports;
  const [ours, floors] = growth === null ? [] : [reportsOf(growth.jobs), reportsOf(growth.floor)];
  return ours === undefined || floors === undefined ? null : ratio(ours, floors);
}
