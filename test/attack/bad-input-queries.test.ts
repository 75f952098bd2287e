import { describe, expect, it } from 'vitest';
import { bystander } from './bystander.ts';
import { expectRefusal } from './refusal.ts';

const victim = bystander();
const LISTS = ['/api/jobs/', '/api/v1/jobs'];

describe.each(LISTS)('%s', (list) => {
  const words =
    { '/api/jobs/': ['done', 'Pending'], '/api/v1/jobs': ['in_progress', 'partial_success'] }[list] ?? [];

  it.each([
    ...[
      '0',
      '-1',
      '1.5',
      'abc',
      'NaN',
      'Infinity',
      '1e999',
      '0x10',
      '1;2',
      '%00',
      '%F0%9F%98%80',
      '5%00',
    ].map((n) => [`limit=${n}`, 'limit']),
    ...[...words, 'nope', 'null', 'constructor', '__proto__', 'pending;running', 'pending,nope', '%00'].map(
      (s) => [`status=${s}`, 'status'],
    ),
    ...['nope', 'SEO', 'constructor', '%00'].map((c) => [`category=${c}`, 'category']),
    ['foo=1', 'foo'],
    ['statsu=pending', 'status'],
    ['limt=1', 'limit'],
    ['Limit=1', 'Limit'],
    ['organization_id=other', 'organization_id'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['status%00=pending', 'status'],
    ['status[]=nope', 'status'],
    ['status[x]=pending', 'status'],
    ['limit[]=1&limit[]=2', 'limit'],
    ['limit=5&foo=', 'foo'],
  ])('?%s is a 422 that names %s', async (query, named) => {
    const answer = await victim.client.get(`${list}?${query}`);
    expectRefusal(answer, 422, 'validation_failed');
    expect(JSON.stringify(answer.json.errors)).toContain(named);
  });

  it('an empty value means absent, and above 100 is read as 100', async () => {
    const all = (await victim.client.get(list)).text;
    for (const query of ['limit=', 'status=', 'category=', 'cursor=', 'limit=101', 'limit=999999999', '']) {
      const answer = await victim.client.get(`${list}?${query}`);
      expect([answer.status, answer.text], query).toEqual([200, all]);
    }
  });

  it('a hundred and fifty filters are answered, or refused', async () => {
    for (const filter of ['status=pending', 'status=running', 'tag=a', 'limit=1', 'category=sync']) {
      const answer = await victim.client.get(`${list}?${Array(150).fill(filter).join('&')}`);
      if (answer.status !== 200) expectRefusal(answer, 422, 'validation_failed');
    }
  });
});

describe('filters of /api/jobs/', () => {
  it.each(['nope', '0x10', '2025-13-01T00:00:00Z', '2025-02-30T00:00:00Z', '%00', "'", '1e999'])(
    'created_after and created_before refuse %s',
    async (value) => {
      for (const name of ['created_after', 'created_before']) {
        const answer = await victim.client.get(`/api/jobs/?${name}=${value}`);
        expectRefusal(answer, 422, 'validation_failed');
        expect(JSON.stringify(answer.json.errors)).toContain(name);
      }
    },
  );

  it('text is compared as it stands: no wildcard, no SQL', async () => {
    const hostile = [
      '%25',
      '_______',
      "import'%20OR%201=1--",
      "'",
      '%22',
      'import%00',
      'IMPORT',
      '%ED%A0%80',
      '*',
    ];
    for (const name of ['job_type', 'tag', 'triggered_by']) {
      for (const value of hostile) {
        const answer = await victim.client.get(`/api/jobs/?${name}=${value}`);
        if (answer.status === 200) expect(answer.json.jobs, `${name}=${value}`).toEqual([]);
        else expectRefusal(answer, 422, 'validation_failed');
      }
    }
  });
});
