import { expect, it } from 'vitest';
import { makeClient } from '../support/client';

it('what is missing and what is of the wrong type are told apart', async () => {
  const client = await makeClient();
  const answer = await client.post('/api/jobs/', { total_items: 'ten', tags: 'a', category: 7 });
  expect(answer.json.errors).toEqual([
    { path: 'job_type', message: 'is required' },
    { path: 'total_items', message: 'must be a number' },
    { path: 'category', message: 'must be one of seo, ai, sync, export' },
    { path: 'tags', message: 'must be an array' },
  ]);
  const half = await client.post('/api/jobs/', { job_type: null, total_items: 1.5 });
  expect(half.json.errors).toEqual([
    { path: 'job_type', message: 'must be a string' },
    { path: 'total_items', message: 'must be an integer' },
  ]);
});

it('a question ends with its mark alone', async () => {
  const client = await makeClient();
  const { json } = await client.post('/api/jobs/', { job_type: 'import', total_items: 1, tag: ['a'] });
  expect(json.detail).toBe('tag is not a known field; did you mean tags?');
});
