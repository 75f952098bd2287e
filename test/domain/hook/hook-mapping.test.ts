import { describe, expect, it } from 'vitest';
import { explain, mapPayload, mappingSchema, toMapping } from '../../../src/domain/hook/hook-mapping';

const CREATE = { action: 'create', set: { job_type: 'import', total_items: 1 } };
const REPORT = { action: 'report', from: { job_id: '/job' } };

/** What the schema finds wrong, as `path: message`. */
function faults(mapping: unknown): string[] {
  const parsed = mappingSchema.safeParse(mapping);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(' ')}: ${message}`);
}

const read = (mapping: unknown) => toMapping(mappingSchema.parse(mapping));

describe('a mapping', () => {
  it.each<[string, unknown]>([
    ['of constants alone', CREATE],
    [
      'of pointers alone',
      { action: 'create', from: { job_type: '/type', total_items: '/n', idempotency_key: '/id' } },
    ],
    [
      'into an object',
      { ...CREATE, from: { 'metadata.repository': '/repository/full_name', 'metadata.a.b': '' } },
    ],
    ['of a report by id', REPORT],
    ['of a report by key', { action: 'report', from: { job_key: '/id', processed_items: '/n' } }],
    ['of nulls', { ...REPORT, set: null }],
  ])('%s is good', (_, mapping) => {
    expect(faults(mapping)).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{ action: 'create' }, 'from: must take job_type, or set must give it: it is required'],
    [{ ...CREATE, from: { name: 'title' } }, 'from name: must be a JSON Pointer: empty, or begin with /'],
    [{ ...CREATE, from: { nmae: '/a' } }, 'from nmae: is not a field that a creation takes'],
    [
      { ...CREATE, from: { processed_items: '/a' } },
      'from processed_items: is not a field that a creation takes',
    ],
    [{ ...CREATE, from: { job_id: '/a' } }, 'from job_id: is not a field that a creation takes'],
    [{ ...CREATE, from: { total_items: '/n' } }, 'from total_items: is given twice'],
    [{ ...CREATE, from: { metadata: '', 'metadata.a': '/a' } }, 'from metadata.a: is given twice'],
    [
      { ...CREATE, from: { 'metadata.constructor': '/a' } },
      'from metadata.constructor: is not a field that a creation takes',
    ],
    [{ ...CREATE, from: { 'metadata..a': '/a' } }, 'from metadata..a: is not a field that a creation takes'],
    [{ ...CREATE, from: { constructor: '/a' } }, 'from constructor: is not a field that a creation takes'],
    [
      { action: 'create', set: { job_type: '', total_items: 1 } },
      'set job_type: must be a value that job_type can have',
    ],
    [
      { action: 'create', set: { job_type: 'a', total_items: -1 } },
      'set total_items: must be a value that total_items can have',
    ],
    [
      { ...CREATE, set: { ...CREATE.set, idempotency_key: 'k' } },
      'set idempotency_key: must be taken from the payload: it differs from one to the next',
    ],
    [{ action: 'report' }, 'from: must say which job a report is for: job_id or job_key, one of them'],
    [
      { action: 'report', from: { job_id: '/a', job_key: '/b' } },
      'from: must say which job a report is for: job_id or job_key, one of them',
    ],
    [{ ...REPORT, set: { job_type: 'a' } }, 'set job_type: is not a field that a report takes'],
    [
      { ...CREATE, set: { ...CREATE.set, metadata: { a: 'x'.repeat(17_000) } } },
      ': must be at most 16384 bytes as JSON',
    ],
  ])('%j is refused', (mapping, fault) => {
    expect(faults(mapping)).toContain(fault);
  });
});

describe('a payload', () => {
  const payload = { id: 'evt_1', n: 12, data: { items: [{ name: 'first' }] }, none: null };

  it('becomes a body, its key and its job', () => {
    const mapping = read({
      action: 'report',
      from: {
        job_key: '/id',
        idempotency_key: '/n',
        processed_items: '/n',
        'metadata_patch.first': '/data/items/0/name',
      },
      set: { 'metadata_patch.by': 'hook', mark_started: true },
    });
    expect(mapPayload(mapping, payload)).toEqual({
      body: { processed_items: 12, metadata_patch: { first: 'first', by: 'hook' }, mark_started: true },
      key: '12',
      job: { job_key: 'evt_1' },
    });
  });

  it('a field that it does not have is absent, a null is a null', () => {
    const mapping = read({
      ...CREATE,
      from: { name: '/title', triggered_by: '/none', tags: '/data/tags/0' },
    });
    expect(mapPayload(mapping, payload)).toEqual({
      body: { triggered_by: null, job_type: 'import', total_items: 1 },
      key: null,
      job: null,
    });
  });

  it.each([
    ['/none', 'must be 1 to 255 printable ASCII characters, or an integer; it is taken from "/none"'],
    ['/absent', 'is taken from "/absent", where the payload has nothing'],
    ['/data', 'must be 1 to 255 printable ASCII characters, or an integer; it is taken from "/data"'],
  ])('whose key is not one is refused: %s', (pointer, message) => {
    const mapping = read({ ...CREATE, from: { idempotency_key: pointer } });
    expect(mapPayload(mapping, payload)).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'idempotency_key', message }],
    });
  });

  it('a fault of the body is told with the pointer, or as a constant', () => {
    const mapping = read({
      action: 'create',
      from: { total_items: '/count', 'metadata.stage': '/n' },
      set: { job_type: 'import', 'metadata.last_message': 7 },
    });
    const fault = (path: string) => ({ path, message: 'is wrong' });
    const paths = ['total_items', 'metadata.stage', 'metadata.last_message', 'name'];
    expect(explain(mapping, payload, paths.map(fault)).map(({ message }) => message)).toEqual([
      'is wrong; it is taken from "/count", where the payload has nothing',
      'is wrong; it is taken from "/n"',
      'is wrong; it is a constant of set',
      'is wrong',
    ]);
  });

  it('never reaches a prototype', () => {
    const mapping = read({ ...CREATE, from: { 'metadata.a': '/__proto__/polluted' } });
    mapPayload(mapping, JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
