import { expect, it } from 'vitest';
import { makeClient } from '../support/client';

it('walks', async () => {
  const c = await makeClient();
  const id = await c.createJob({ metadata: { a: 1, stage: 'x' } });
  console.log(
    (
      await c.report(id, {
        mark_started: true,
        processed_items: 3,
        error: { entity_key: 'k', error_type: 't', message: 'm', entity_type: 'row' },
      })
    ).text,
  );
  console.log((await c.report(id, { mark_completed: true })).text);
  for (const p of [
    `/api/jobs/${id}`,
    `/v1/api/jobs/${id}`,
    `/api/v1/jobs/${id}/`,
    '/api/jobs/',
    '/api/v1/jobs',
    `/api/jobs/${id}/logs?limit=2`,
    `/api/jobs/${id}/errors`,
    `/api/jobs/${id}/events`,
    '/nix',
  ]) {
    const a = await c.get(p);
    console.log(p, a.status, a.text, JSON.stringify([...a.headers]));
  }
  expect(1).toBe(1);
});
