/** The service and the model agree on every answer, whatever is asked of them and however time passes. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { makeClient } from '../support/client.ts';
import { given } from './arbitraries.ts';
import { commands, compare, type Real } from './commands.ts';
import type { JsonObject } from './json.ts';
import { Model } from './model.ts';
import { createOf } from './requests.ts';
import { type Counted, countedOf, statsDifferences } from './stats.ts';
import { restartClock, setClock, stopClock } from './world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    modelRuns: number;
    modelSeed: number;
  }
}

/** The runs of one seed: few enough that a failure is repeated quickly. */
const PART = 125;
const runs = inject('modelRuns');
const seed = inject('modelSeed');
const parts = Array.from({ length: Math.ceil(runs / PART) }, (_, index) => ({
  seed: seed + index,
  numRuns: Math.min(PART, runs - index * PART),
}));

/** What 500 runs meet, most of it hundreds of times. */
const MET = [
  ...[
    'create 201',
    'create 200 replayed',
    'get 200',
    'get 404 job_not_found',
    'heartbeat 200',
    'heartbeat 409 job_terminal',
  ],
  ...['delete 204'],
  ...[
    'report 200',
    'report 200 replayed',
    'report 200 duplicate',
    'report 409 stale_sequence',
    'report 200 already_ended',
  ],
  ...['report 404 job_not_found', 'report 409 job_terminal', 'report 422 idempotency_conflict'],
  ...[
    'batch 200',
    'batch 200 replayed',
    'batch 409 stale_sequence',
    'batch 422 idempotency_conflict',
    'batch 422 validation_failed',
  ],
  ...['cancel 200', 'cancel 409 job_terminal', 'delete 409 job_not_terminal'],
  ...['rerun 201', 'rerun 409 job_not_terminal', 'rerun 409 nothing_failed', 'invalid 422 validation_failed'],
  ...['bulk cancel 200', 'bulk cancel job_terminal', 'bulk delete 204', 'bulk delete job_not_terminal'],
  ...['bulk rerun 201', 'bulk rerun nothing_failed', 'bulk rerun job_not_terminal'],
  ...['create 422 validation_failed', 'family of 0', 'family of 1', 'family job_terminal'],
  ...['nothing due', 'late', 'stalled', 'heartbeat_lost', 'deadline_exceeded', 'abandoned', 'removed'],
];

describe('the service agrees with the model', () => {
  let now = 0;
  let run = 0;
  const met = new Map<string, number>();
  beforeAll(() => {
    now = stopClock();
    // One line a request would cost as much as the requests themselves.
    vi.spyOn(console, 'log').mockImplementation(() => {});
  });
  afterAll(() => {
    vi.restoreAllMocks();
    restartClock();
  });

  it.each(parts)(
    'over $numRuns runs: npm run test:model -- --seed $seed',
    async (part) => {
      const client = await makeClient();
      const before: Counted[] = [];
      const property = fc.asyncProperty(given, commands, async (first, list) => {
        const model = new Model(client.organization, client.keyId, now, before);
        const real: Real = { client, run: `run ${++run}`, last: null, met };
        setClock(now);
        try {
          await compare(model, real, createOf(first as unknown as JsonObject));
          await fc.asyncModelRun(() => ({ model, real }), list);
          for (const job of model.jobs.keys()) await compare(model, real, { op: 'get', job });
        } finally {
          now = model.now + 1000;
          before.push(...model.jobs.map(countedOf));
        }
      });
      await fc.assert(property, part);
      for (const type of new Set(before.map((job) => job.given.job_type)))
        expect(await statsDifferences(client, before, type, now)).toEqual([]);
    },
    600_000,
  );

  // Runs that met nothing would agree on anything.
  it.runIf(runs >= 500)('having met every kind of answer and of due time', () => {
    expect([...met.keys()]).toEqual(expect.arrayContaining(MET));
  });
});
