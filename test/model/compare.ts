/** Where an answer differs from what the model expects of it. */
import { expectedBody, type Outcome } from './answer.ts';
import { etaOf, iso } from './body.ts';
import type { Job } from './job.ts';
import { isObject, type Json, type JsonObject, same } from './json.ts';

/** The parts of an answer that are compared. */
export interface Given {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  json: any;
}

/** Every difference, each with its place; what only the service can know (ids, its own words) is learned first. */
export function differences(outcome: Outcome, answer: Given): string[] {
  if (answer.status !== outcome.status) {
    return [
      `status: expected ${outcome.status} ${outcome.code ?? ''}, got ${answer.status} ${show(answer.json)}`,
    ];
  }
  if (outcome.made && outcome.job) outcome.job.id = String(answer.json?.job_id);
  const found = [...headerDifferences(outcome, answer)];
  if (outcome.code !== undefined) return [...found, ...problemDifferences(outcome, answer.json)];
  const body = outcome.nested ? answer.json?.job : answer.json;
  if (outcome.job) learn(outcome.job, body);
  const expected = expectedBody(outcome);
  if (expected === null) return found;
  if (outcome.job) tolerate(outcome.job, outcome.nested ? (expected.job as JsonObject) : expected, body);
  const told = [...toldDifferences(expected, answer.json)];
  return [...found, ...told, ...valueDifferences('', expected, withoutTold(answer.json))];
}

function* headerDifferences({ head, replayed, made, job }: Outcome, { headers }: Given): Generator<string> {
  const replay = headers.get('Idempotency-Replayed');
  if (replay !== (replayed ? 'true' : null))
    yield `Idempotency-Replayed: expected ${replayed ?? false}, got ${replay}`;
  if (made && !headers.get('Location')?.includes(`/api/jobs/${job?.id}`))
    yield `Location: ${headers.get('Location')}`;
  if (!head) return;
  const status = headers.get('Job-Status');
  const revision = headers.get('Job-Revision');
  if (status !== head.status) yield `Job-Status: expected ${head.status}, got ${status}`;
  if (revision !== String(head.revision)) yield `Job-Revision: expected ${head.revision}, got ${revision}`;
}

function* problemDifferences({ code, path, fields = {} }: Outcome, problem: JsonObject): Generator<string> {
  if (problem?.code !== code) yield `code: expected ${code}, got ${show(problem)}`;
  const errors = (problem?.errors ?? []) as { path: string }[];
  if (path && !errors.some((error) => String(error.path).includes(path))) {
    yield `errors: expected one at ${path}, got ${show(errors)}`;
  }
  for (const [name, value] of Object.entries(fields)) yield* valueDifferences(name, value, problem?.[name]);
}

/** The service ends a job in its own words, in `error_message` and in the error it appends alike. */
function learn(job: Job, body: JsonObject): void {
  if (job.errorMessage !== '' || typeof body?.error_message !== 'string' || body.error_message === '') return;
  job.errorMessage = body.error_message;
  const last = job.entries.findLast((entry) => entry.kind === 'error');
  if (last?.kind === 'error') last.issue.message = body.error_message;
}

/** The rate may differ in its last digits; the estimate is held to the rate that was served, to the millisecond. */
function tolerate(job: Job, expected: JsonObject, body: JsonObject): void {
  const rate = body?.rate_per_second;
  if (typeof rate !== 'number' || job.pace.rate === null) return;
  if (Math.abs(rate - job.pace.rate) > 1e-9 * Math.max(1, job.pace.rate)) return;
  expected.rate_per_second = rate;
  expected.eta_at = iso(etaOf(job, rate));
  const apart = Date.parse(String(body.eta_at)) - Date.parse(String(expected.eta_at));
  if (Math.abs(apart) <= 1) expected.eta_at = body.eta_at ?? null;
}

/** What an answer tells of the body that came: its order says nothing, and its words are the service's own. */
function* toldDifferences(expected: JsonObject, given: JsonObject): Generator<string> {
  for (const name of ['adjusted', 'ignored']) {
    const own = ((expected[name] ?? []) as Json[]).map(toldOf).sort();
    const other = ((given?.[name] ?? []) as Json[]).map(toldOf).sort();
    delete expected[name];
    if (own.length <= 20 && !same(own, other)) yield `${name}: expected ${show(own)}, got ${show(other)}`;
  }
}

function toldOf(one: Json): string {
  return isObject(one) ? `${one.path} ${one.reason ?? ''}`.trim() : String(one);
}

function withoutTold(given: JsonObject): JsonObject {
  if (!isObject(given)) return given;
  const { adjusted: _adjusted, ignored: _ignored, ...rest } = given;
  return rest;
}

/** Members that are as well absent as null. */
const OPTIONAL = new Set(['reason', 'last_sequence', 'stale', 'details', 'step']);

export function* valueDifferences(path: string, expected: unknown, given: unknown): Generator<string> {
  if (isObject(expected) && isObject(given)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(given)])) {
      const [own, other] = [expected[key], given[key]];
      if (OPTIONAL.has(key) && (own ?? null) === null && (other ?? null) === null) continue;
      yield* valueDifferences(path === '' ? key : `${path}.${key}`, own, other);
    }
  } else if (Array.isArray(expected) && Array.isArray(given) && expected.length === given.length) {
    for (const [index, item] of expected.entries())
      yield* valueDifferences(`${path}.${index}`, item, given[index]);
  } else if (!same(expected, given)) {
    yield `${path}: expected ${show(expected)}, got ${show(given)}`;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text;
}
