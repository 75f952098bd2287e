/** What telling the feed costs in rows. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/domain/job/summary';
import type { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { countRows } from '../support/count-rows';
import { indexStub } from '../support/objects';

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});

describe('rows written in the index, a publication', () => {
  const row = (id: string) =>
    runInDurableObject(indexStub(client.organization), (index: OrgIndexDO) =>
      index.list({}, null, 10).then((all) => (all as Summary[]).find(({ job_id }) => job_id === id)),
    );

  it.each([
    ['of progress: its summary and its event', {}, [], 2],
    ['of a stage: its place in the order of changes too', { stage: 'writing' }, ['job.stage_changed'], 3],
    [
      'of an end: that, its place among states, its count, and its end',
      { status: 'failed' },
      ['job.failed'],
      6,
    ],
  ])('%s', async (_name, fields, types, rows) => {
    const id = await client.createJob();
    await client.report(id, { mark_started: true });
    const summary = await row(id);
    if (summary === undefined) throw new Error('the job is not listed');
    const revision = summary.revision + 1;
    const events = types.map((type) => ({
      n: 3,
      revision,
      at: Date.now(),
      body: { type, job_type: 'import' },
    }));
    const publication = {
      summary: { ...summary, ...fields, revision },
      events,
      through: 2 + types.length,
      deleted: false,
    };
    const index = indexStub(client.organization);
    expect(await countRows(index, () => index.publish(publication as never))).toBe(rows);
    expect(await countRows(index, () => index.publish(publication as never))).toBe(0);
  });

  it('reading writes nothing', async () => {
    await client.createJob();
    expect(await countRows(indexStub(client.organization), () => client.get('/api/events'))).toBe(0);
  });
});
