import { beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/domain/job/summary';
import { type Client, makeClient } from '../support/client';
import { countRows } from '../support/count-rows';
import { indexStub, jobStub } from '../support/objects';
import { SocketReporter } from '../support/reporter';

/** Rows written are the bill: what each operation costs in the job's object. */
describe('rows written in the job’s object', () => {
  let client: Client;
  beforeAll(async () => {
    client = await makeClient();
  });

  async function cost(
    report: Record<string, unknown>,
    headers: Record<string, string> = {},
    prepare: Record<string, unknown> = {},
  ) {
    const id = await client.createJob({ metadata: { a: 1 } });
    await client.report(id, { mark_started: true, processed_items: 1, ...prepare });
    const stub = await jobStub(client.organization, id);
    return countRows(stub, async () => {
      const answer = await client.report(id, report, headers);
      expect(answer.status).toBe(200);
    });
  }

  it.each([
    ['a plain report', { processed_items: 2 }, 1],
    [
      'a plain report of every counter',
      { total_items: 20, processed_items: 2, failed_items: 1, warned_items: 1 },
      1,
    ],
    ['a report that changes nothing', { processed_items: 1 }, 0],
    ['a message', { message: 'half way' }, 2],
    ['a stage', { stage: 'writing' }, 2],
    ['metadata', { metadata_patch: { b: 2 } }, 2],
    ['a result', { result: { rows: 2 } }, 2],
    ['an error about the job', { error: { entity_key: 'k', error_type: 't', message: 'm' } }, 2],
    ['completion', { mark_completed: true }, 2],
  ])('%s', async (_name, report, rows) => {
    expect(await cost(report)).toBe(rows);
  });

  it('reports over a socket: one row for each commit, however many share it', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_started: true });
    const worker = await SocketReporter.open(client, id);
    const stub = await jobStub(client.organization, id);
    const cost = (count: number) =>
      countRows(stub, async () => {
        for (let n = 0; n < count; n++) worker.send({ report: { processed_delta: 1 } });
        await worker.acks(count);
      });
    expect(await cost(1)).toBe(1);
    const before = worker.answers.length;
    expect(await cost(100)).toBe(worker.answers.length - before);
    expect(worker.answers.length - before).toBeLessThan(10);
    worker.socket.close();
  });

  it('an error of an entity: the entity is one row, once', async () => {
    const error = { entity_key: 'k', entity_type: 'row', error_type: 't', message: 'm' };
    expect(await cost({ error: { ...error, entity_key: 'other' } }, {}, { error })).toBe(3);
    expect(await cost({ error }, {}, { error })).toBe(2);
  });

  it('a plain report with an Idempotency-Key is one row too: its record sits in the job’s row', async () => {
    expect(await cost({ processed_items: 2 }, { 'Idempotency-Key': 'once' })).toBe(1);
  });

  it('a read writes nothing', async () => {
    const id = await client.createJob();
    const stub = await jobStub(client.organization, id);
    const paths = ['', '/logs', '/errors', '/events', '/items'].map((list) => `/api/jobs/${id}${list}`);
    for (const path of [...paths, `/v1/api/jobs/${id}`, `/api/v1/jobs/${id}`]) {
      expect(await countRows(stub, () => client.get(path))).toBe(0);
    }
  });

  it('an unknown job leaves nothing behind, not even tables', async () => {
    const id = await client.createJob();
    expect((await client.post(`/api/jobs/${id}/cancel`)).status).toBe(200);
    expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
    const stub = await jobStub(client.organization, id);
    expect(await countRows(stub, () => client.report(id, { processed_items: 1 }))).toBe(0);
  });
});

it('progress is two rows in the index, its summary and its event; a repeated publication none', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  await client.report(id, { mark_started: true });
  const index = indexStub(client.organization);
  const [summary] = (await index.list({}, null, 1)) as Summary[];
  if (summary === undefined) throw new Error('the job is not listed');
  const progress = {
    summary: { ...summary, revision: summary.revision + 1 },
    events: [],
    through: 2,
    deleted: false,
  };
  expect(await countRows(index, () => index.publish(progress as never))).toBe(2);
  expect(await countRows(index, () => index.publish(progress as never))).toBe(0);
});
