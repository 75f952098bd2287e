import { describe, expect, it } from 'vitest';
import { holds } from '../../../src/domain/hook/condition';
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
    [
      { ...CREATE, from: { name: 'title' } },
      'from name: must be a JSON Pointer: empty, or begin with /; or header:Its-Name',
    ],
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
  const header = (name: string) => (name === 'X-GitHub-Event' ? 'push' : null);
  const sent = { payload, header };

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
    expect(mapPayload(mapping, sent)).toEqual({
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
    expect(mapPayload(mapping, sent)).toEqual({
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
    expect(mapPayload(mapping, sent)).toMatchObject({
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
    expect(explain(mapping, sent, paths.map(fault)).map(({ message }) => message)).toEqual([
      'is wrong; it is taken from "/count", where the payload has nothing',
      'is wrong; it is taken from "/n"',
      'is wrong; it is a constant of set',
      'is wrong',
    ]);
  });

  it('takes headers, and texts made of places', () => {
    const mapping = read({
      ...CREATE,
      from: {
        name: { template: '{/data/items/0/name}@{/n} ({header:X-GitHub-Event}{/absent})' },
        triggered_by: 'header:X-GitHub-Event',
        category: 'header:X-Absent',
        'metadata.none': { template: '{/absent}{header:X-Absent}' },
      },
    });
    expect(mapPayload(mapping, sent)).toMatchObject({
      body: { name: 'first@12 (push)', triggered_by: 'push', job_type: 'import', total_items: 1 },
    });
  });

  it.each([
    [
      'equals',
      [
        { pointer: '/n', equals: 12 },
        { header: 'X-GitHub-Event', equals: 'push' },
      ],
      true,
    ],
    ['equals another', [{ pointer: '/n', equals: '12' }], false],
    ['one that is absent', [{ pointer: '/absent', equals: null }], false],
    ['a null', [{ pointer: '/none', equals: null }], true],
    ['in', [{ pointer: '/id', in: ['evt_0', 'evt_1'] }], true],
    ['prefix', [{ pointer: '/id', prefix: 'evt_' }], true],
    ['prefix of a number', [{ pointer: '/n', prefix: '1' }], false],
    [
      'exists',
      [
        { pointer: '/none', exists: true },
        { pointer: '/absent', exists: false },
      ],
      true,
    ],
    ['not', [{ pointer: '/n', not: 12 }], false],
    [
      'not one of',
      [
        { pointer: '/n', not: [1, 2] },
        { pointer: '/absent', not: 'x' },
      ],
      true,
    ],
    [
      'all of them',
      [
        { pointer: '/n', equals: 12 },
        { pointer: '/id', equals: 'evt_2' },
      ],
      false,
    ],
  ] as const)('counts when: %s', (_, when, counts) => {
    expect(holds(read({ ...CREATE, when }).when ?? [], sent)).toBe(counts);
  });

  it.each([
    [{ when: [{ pointer: '/n' }] }, 'when.0', 'must have one of equals, in, prefix, exists, not'],
    [{ when: [{ equals: 1 }] }, 'when.0', 'must have a pointer (a JSON Pointer) or a header (its name)'],
    [{ each: 'alerts' }, 'each', 'must be a JSON Pointer: empty, or begin with /'],
    [{ once: { by: 'luck' } }, 'once.by', 'must be body, id, nothing, header:Its-Name or a JSON Pointer'],
    [{ once: { by: 'nothing', within: 5 } }, 'once.within', 'must not come with nothing'],
    [
      { from: { idempotency_key: '/id' }, once: { by: 'body' } },
      'once',
      'must not come with from.idempotency_key, which makes two deliveries the same',
    ],
    [
      { from: { name: { template: '{name}' } } },
      'from.name',
      'must hold places in braces, each a JSON Pointer or header:Its-Name',
    ],
    [{ answer: 'line', each: '/a' }, 'answer', 'line is for a creation of one job'],
  ])('is refused: %j', (given, path, message) => {
    const parsed = mappingSchema.safeParse({ ...CREATE, ...given });
    const issues = parsed.error?.issues.map((issue) => [issue.path.join('.'), issue.message]);
    expect(issues).toContainEqual([path, message]);
  });

  it('never reaches a prototype', () => {
    const mapping = read({ ...CREATE, from: { 'metadata.a': '/__proto__/polluted' } });
    mapPayload(mapping, { ...sent, payload: JSON.parse('{"__proto__":{"polluted":1}}') });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
