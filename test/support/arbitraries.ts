import fc from 'fast-check';
import { type Command, type Report, reportSchema } from '../../src/domain/job/command';
import { type Job, STATUSES } from '../../src/domain/job/job';
import { newJob, seedFrom } from '../../src/domain/job/new-job';
import { transition } from '../../src/domain/job/transition';

/** Things for property tests of the pure domain. */

export const NOW = Date.UTC(2026, 10, 22);

const small = fc.integer({ min: 0, max: 50 });
const issue = fc.record(
  {
    entity_key: fc.constantFrom('a', 'b', 'c'),
    error_type: fc.constantFrom('missing', 'invalid'),
    message: fc.string(),
    entity_type: fc.constantFrom('row', 'job'),
  },
  { requiredKeys: ['entity_key', 'error_type', 'message'] },
);
const counters = fc.record(
  { total_items: small, processed_items: small, failed_items: small, warned_items: small },
  { requiredKeys: [] },
);
const rest = fc.record(
  {
    mark_started: fc.boolean(),
    stage: fc.constantFrom('reading', 'writing'),
    message: fc.string(),
    metadata_patch: fc.dictionary(
      fc.constantFrom('a', 'b'),
      fc.oneof(fc.constant(null), fc.integer(), fc.string()),
    ),
    result: fc.oneof(fc.integer(), fc.record({ rows: fc.integer() })),
    error: issue,
    warning: issue,
  },
  { requiredKeys: [] },
);
const mark = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ mark_completed: true }) },
  { weight: 1, arbitrary: fc.record({ mark_failed: fc.string({ minLength: 1 }) }) },
);

export const reportInput = fc
  .tuple(counters, rest, mark)
  .map(([a, b, c]): Report => reportSchema.parse({ ...a, ...b, ...c }));

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: reportInput.map(
      (report): Command => ({ verb: 'report', report, digest: JSON.stringify(report) }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ verb: 'heartbeat' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ verb: 'cancel', reason: null, requested_by: 'key' }) },
);

export interface Step {
  command: Command;
  /** ms since the step before. */
  after: number;
}

export const history: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ command, after: fc.constantFrom(0, 1, 1_000, 60_000, 400_000) }),
  { maxLength: 30 },
);

export function freshJob(fields: Record<string, unknown> = {}): Job {
  const seed = seedFrom({ job_type: 'import', total_items: 10, ...fields } as Parameters<typeof seedFrom>[0]);
  if ('code' in seed) throw new Error(seed.detail);
  return newJob('00000000-0000-8000-8000-000000000000', 'acme', seed, NOW).job;
}

export const NEVER_SEEN = () => false;

/** A job brought to `status` by reports alone, or by a cancellation. */
export function jobIn(status: Job['status'], fields: Record<string, unknown> = {}): Job {
  const report = (input: Record<string, unknown>): Command => {
    return { verb: 'report', report: reportSchema.parse(input), digest: JSON.stringify(input) };
  };
  const issueInput = { entity_key: 'k', error_type: 't', message: 'm' };
  const path: Record<Job['status'], Command[]> = {
    pending: [],
    in_progress: [report({ mark_started: true })],
    completed: [report({ mark_started: true }), report({ mark_completed: true })],
    completed_with_warnings: [
      report({ mark_started: true, warning: issueInput }),
      report({ mark_completed: true }),
    ],
    partial_success: [report({ mark_started: true, error: issueInput }), report({ mark_completed: true })],
    failed: [report({ mark_started: true }), report({ mark_failed: 'broken' })],
    cancelled: [report({ mark_started: true }), { verb: 'cancel', reason: 'enough', requested_by: 'key' }],
  };
  const job = path[status].reduce(
    (before, step) => transition(before, step, NOW, NEVER_SEEN).job,
    freshJob(fields),
  );
  if (job.status !== status || !STATUSES.includes(status)) throw new Error(`no way to ${status}`);
  return job;
}
