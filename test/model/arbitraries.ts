/** What the commands are made of: bodies a worker could send, and some that nobody should. */
import fc from 'fast-check';
import type { BulkAsk } from './bulk.ts';
import type { Given, Issue } from './job.ts';
import type { Json, JsonObject } from './json.ts';
import type { Report } from './report.ts';

/** Fields that are mostly absent, sometimes null (which is as good as absent). */
function sometimes<T>(value: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(
    { weight: 100 - weight, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight, arbitrary: value },
  );
}

function present<T>(value: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });
}

function pruned<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

const word = fc.constantFrom('alpha', 'beta', 'gamma', 'Δelta 🚚');
const text = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom('fetching', 'row 17 is odd', 'ünïcode — 🚚', 'a "quoted" \\ line\n'),
  },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(4000), '🚚'.repeat(4001), 'y'.repeat(5000)) },
);
const stage = fc.constantFrom('downloading', 'transforming', 'uploading');
const counter = fc.oneof(
  { weight: 30, arbitrary: fc.nat({ max: 12 }) },
  { weight: 10, arbitrary: fc.nat({ max: 1000 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1) },
);
const small: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(
  0,
  1,
  true,
  'one',
  null,
  [1, null],
  { b: 1 },
  { b: null, c: { d: 2 } },
);
const result: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(
  0,
  false,
  '',
  'ok',
  [],
  [{ n: 1 }],
  { rows: 3, path: 'a/b' },
  {},
);

/** Two of the large ones together are more than metadata may hold. */
const large = fc.constantFrom<JsonObject[]>(
  { left: 'l'.repeat(40_000) },
  { right: 'r'.repeat(40_000) },
  { left: 'l'.repeat(40_000), right: 'r'.repeat(40_000) },
  { left: null },
);
const patch: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 30, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'import_job_id'), small, { maxKeys: 3 }) },
  {
    weight: 4,
    arbitrary: fc.record(
      { stage: fc.option(stage), last_message: fc.option(text), a: small },
      { requiredKeys: [] },
    ),
  },
  { weight: 3, arbitrary: large },
);

const issue: fc.Arbitrary<Issue> = fc
  .record({
    entity_type: sometimes(fc.constantFrom('job', 'product', 'row'), 60),
    entity_key: fc.constantFrom('1', '2', '3', '4', 'sku 5'),
    error_type: fc.constantFrom('missing_field', 'timeout', 'gap'),
    message: text,
    details: sometimes(
      fc.constantFrom<JsonObject[]>({ row: 4 }, {}, { long: Array(1_000).fill(12_345) }),
      20,
    ),
    step: sometimes(word, 20),
  })
  .map((value) => pruned(value) as Issue);

const log = fc.record(
  {
    level: fc.constantFrom('info' as const, 'warn' as const, 'error' as const),
    message: text,
    timestamp: fc.constantFrom('2026-01-02T03:04:05.678Z'),
  },
  { requiredKeys: ['level', 'message'] },
);

const failure = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('boom', 'no rows') },
  { weight: 1, arbitrary: text },
);

/** A counter is set or added to, never both. */
const counters = (weight: number) =>
  fc
    .tuple(
      ...(['processed', 'failed', 'warned'] as const).map((name) =>
        fc.oneof(
          { weight: 100 - weight, arbitrary: fc.constant({}) },
          { weight, arbitrary: counter.map((value) => ({ [`${name}_items`]: value })) },
          { weight, arbitrary: counter.map((value) => ({ [`${name}_delta`]: value })) },
        ),
      ),
    )
    .map((parts): Report => Object.assign({}, ...parts));

const rest = fc
  .record({
    mark_started: sometimes(fc.boolean(), 15),
    total_items: sometimes(counter, 12),
    stage: sometimes(stage, 15),
    message: sometimes(text, 15),
    metadata_patch: sometimes(patch, 15),
    result: sometimes(result, 8),
    error: sometimes(issue, 12),
    errors: sometimes(fc.array(issue, { maxLength: 4 }), 6),
    warning: sometimes(issue, 10),
    warnings: sometimes(fc.array(issue, { maxLength: 4 }), 6),
    logs: sometimes(fc.array(log, { maxLength: 4 }), 8),
  })
  .map((value) => pruned(value) as Report);

const end: fc.Arbitrary<Report> = fc.oneof(
  { weight: 94, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.constant({ mark_completed: false }) },
  { weight: 3, arbitrary: fc.constant({ mark_completed: true }) },
  { weight: 2, arbitrary: failure.map((mark_failed) => ({ mark_failed })) },
);

const order: fc.Arbitrary<Report> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({ reporter: fc.constantFrom('w1', 'w2'), sequence: fc.nat({ max: 6 }) }),
  },
);

/** Reports as programs write them, where behaviour.md says how they are read. */
const odd: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject[]>(
  { mark_started: 'true', message: 404 },
  { mark_started: 1, stage: 's'.repeat(201) },
  { mark_completed: 'false', mark_failed: '', stage: 7 },
  { mark_completed: 0, mark_failed: false, processed_delta: 1 },
  { logs: ['warning', 'FATAL', 'debug', 'odd'].map((level) => ({ level, message: level })) },
  { error: { entity_type: 'row', entity_key: 7, error_type: 'gap', message: true } },
);
/** The same with an end, beside which nothing is refused. */
const oddEnd: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject[]>(
  { mark_completed: 'true', nope: 1 },
  { mark_completed: '1', error: { message: 'no type, no key' } },
  { mark_completed: true, mark_failed: 'both' },
  { mark_completed: 1, processed_items: 1, processed_delta: 2 },
  { mark_completed: true, processed_items: -1, result: 'r'.repeat(70_000) },
  { mark_completed: true, errors: [{ entity_type: 'row' }], total_items: -3 },
  { mark_failed: '' },
  { mark_failed: true, failed_delta: 1 },
  { mark_failed: { why: 'disk', at: [1, 2] } },
  { mark_failed: 137, mark_completed: false },
);

/** Any subset of a report's fields; plain ones, of counters alone, are the most frequent. */
export const report: fc.Arbitrary<Report> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(counters(40), order).map((parts): Report => Object.assign({}, ...parts)) },
  {
    weight: 5,
    arbitrary: fc.tuple(counters(12), rest, end, order).map((parts): Report => Object.assign({}, ...parts)),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(end, fc.constantFrom<Report[]>({ mark_started: true }, { mark_completed: true })),
  },
  { weight: 1, arbitrary: fc.oneof({ weight: 4, arbitrary: odd }, oddEnd).map((body) => body as Report) },
);

export const reports = fc.array(report, { minLength: 1, maxLength: 6 });

/** A batch that fills what a job keeps to the bound. */
export const flood: fc.Arbitrary<Report[]> = fc
  .record({ count: fc.constantFrom(1, 3, 11), kind: fc.constantFrom('errors' as const, 'warnings' as const) })
  .map(({ count, kind }) =>
    Array.from({ length: count }, (_, n) => ({
      [kind]: Array.from({ length: 100 }, (_, k) => ({
        entity_type: 'row',
        entity_key: `${k}`,
        error_type: `type ${(n * 100 + k) % 120}`,
        message: `row ${n}.${k}`,
      })),
    })),
  );

/** Six hundred reporters at once: with another six hundred they are more than a job has room for. */
export const crowd: fc.Arbitrary<Report[]> = fc
  .constantFrom('left', 'right')
  .map((side) =>
    Array.from({ length: 600 }, (_, n) => ({ reporter: `${side} ${n}`, sequence: 1, warned_delta: 1 })),
  );

/** Bodies that are refused whatever the job is, each with the path the refusal names. */
export const invalid: fc.Arbitrary<{ body: unknown; path: string }> = fc.constantFrom(
  { body: { processed_items: 1, processed_delta: 1 }, path: 'processed_' },
  { body: { mark_completed: 'perhaps' }, path: 'mark_completed' },
  { body: { logs: [{ level: 'info' }] }, path: 'logs.0.message' },
  { body: { reporter: 'w1' }, path: '' },
  { body: { sequence: 3 }, path: '' },
  { body: { proccessed_items: 3 }, path: 'proccessed_items' },
  { body: { failed_delta: -1 }, path: 'failed_delta' },
  { body: { total_items: 1.5 }, path: 'total_items' },
  { body: { stage: ['s'] }, path: 'stage' },
  { body: { error: { entity_key: 'k', message: 'm' } }, path: 'error' },
  { body: { metadata_patch: { stage: [7] } }, path: 'metadata_patch' },
);

export const given: fc.Arbitrary<Given> = fc
  .record({
    job_type: fc.constantFrom('import', 'crawl', 'enrichment', 'batch_embedding', 'export'),
    total_items: fc.oneof(fc.constantFrom(0, 1, 3, 7, 10, 1000), counter),
    name: present(word, 30),
    category: present(fc.constantFrom('seo', 'ai', 'sync', 'export'), 30),
    tags: present(fc.uniqueArray(word, { maxLength: 3 }), 30),
    triggered_by: sometimes(word, 20),
    metadata: present(givenMetadata(), 40),
    heartbeat_timeout_seconds: present(fc.constantFrom(10, 30, 60, 600, 86_400), 50),
    timeout_seconds: present(fc.constantFrom(7, 100, 1000, 2_592_000), 30),
    retention_days: present(fc.constantFrom(1, 2, 365), 30),
    details_url: present(fc.constantFrom('https://example.com/runs/1?a=b', 'http://10.0.0.1:8080/'), 30),
  })
  .map((value) => pruned(value) as Given);

function givenMetadata(): fc.Arbitrary<JsonObject> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'source'), small, { maxKeys: 3 }) },
    {
      weight: 1,
      arbitrary: fc.record({ stage: fc.option(stage), last_message: fc.option(text) }, { requiredKeys: [] }),
    },
  );
}

export const key = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('k1', 'k2', 'k3') },
);
/** How far time passes at once: mostly as little as between two reports. */
export const span = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1, 250, 1000, 3_000, 9_500) },
  { weight: 3, arbitrary: fc.constantFrom(60_000, 299_999, 300_000) },
  { weight: 1, arbitrary: fc.constant(86_400_000) },
);
export const place = fc.nat({ max: 99 });
export const reason = fc.option(text);

export const bulk: fc.Arbitrary<BulkAsk> = fc.record({
  operation: fc.constantFrom('cancel', 'rerun', 'delete'),
  jobs: fc.array(place, { minLength: 1, maxLength: 4 }),
  reason,
  items: fc.constantFrom('all', 'failed'),
  crashes: fc.boolean(),
});
