/** The requests of a run, each made of what it may be about. */
import fc from 'fast-check';
import * as arbitrary from './arbitraries.ts';
import type { JsonObject } from './json.ts';
import type { Request } from './model.ts';
import type { Report } from './report.ts';

export function reportOf(job: number, body: Report, more: { key?: string; minimal?: boolean } = {}): Request {
  return { op: 'report', job, report: body, raw: JSON.stringify(body), ...more };
}

export function batchOf(job: number, reports: Report[], more: { key?: string } = {}): Request {
  return { op: 'batch', job, reports, raw: JSON.stringify({ reports }), ...more };
}

export function createOf(given: JsonObject, key?: string): Request & { op: 'create' } {
  return {
    op: 'create',
    given: given as never,
    raw: JSON.stringify(given),
    ...(key === undefined ? {} : { key }),
  };
}

const keyed = arbitrary.key.map((key) => (key === undefined ? {} : { key }));
const bare = (op: 'heartbeat' | 'delete' | 'get') => arbitrary.place.map((job): Request => ({ op, job }));

export const requests = {
  report: fc
    .tuple(arbitrary.place, arbitrary.report, keyed, fc.boolean())
    .map(([job, body, key, minimal]) => reportOf(job, body, { ...key, ...(minimal ? { minimal } : {}) })),
  batch: fc
    .tuple(arbitrary.place, arbitrary.reports, keyed)
    .map(([job, reports, key]) => batchOf(job, reports, key)),
  flood: fc
    .tuple(arbitrary.place, fc.oneof(arbitrary.flood, arbitrary.crowd))
    .map(([job, reports]) => batchOf(job, reports)),
  create: fc
    .tuple(arbitrary.given, arbitrary.key, fc.option(arbitrary.place, { nil: undefined, freq: 2 }))
    .map(([given, key, parent]): Request => {
      const request = createOf(given as unknown as JsonObject, key);
      return parent === undefined ? request : { ...request, parent };
    }),
  cancel: fc.tuple(arbitrary.place, arbitrary.reason, keyed).map(([job, reason, key]): Request => {
    return { op: 'cancel', job, reason, raw: reason === null ? '' : JSON.stringify({ reason }), ...key };
  }),
  rerun: fc
    .tuple(arbitrary.place, fc.constantFrom('all' as const, 'failed' as const, undefined), keyed)
    .map(([job, items, key]): Request => {
      return {
        ...{ op: 'rerun', job, items: items ?? 'all' },
        raw: JSON.stringify(items ? { items } : {}),
        ...key,
      };
    }),
  invalid: fc.tuple(arbitrary.place, arbitrary.invalid).map(([job, { body, path }]): Request => {
    return { op: 'invalid', job, raw: JSON.stringify(body), path };
  }),
  heartbeat: bare('heartbeat'),
  delete: bare('delete'),
  get: bare('get'),
};
