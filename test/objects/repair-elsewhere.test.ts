/** What a shard says of a job that another one lists, or under an id that no job bears, is taken out though the job is there. */
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { type Client, makeClient } from '../support/client';
import { indexStub } from '../support/objects';

let client: Client;
let own: string;
beforeEach(async () => {
  client = await makeClient();
  own = await client.createJob();
});
afterEach(() => vi.restoreAllMocks());

const index = () => indexStub(client.organization);
const sql = (statement: string, ...values: SqlStorageValue[]) =>
  runInDurableObject(index(), (_object, { storage }) => {
    storage.sql.exec(statement, ...values).toArray();
  });
const listed = async () =>
  (await client.get('/api/jobs/')).json.jobs.map(({ job_id }: { job_id: string }) => job_id);
/** The job's id as it would be in another shard: it has the same core. */
const elsewhere = () => `fc${own.slice(2)}`;

it('under another id with the same core', async () => {
  const last = own.endsWith('0') ? 1 : 0;
  for (const id of [elsewhere(), `${own.slice(0, -1)}${last}`]) {
    await sql(
      `INSERT INTO summary (job_id, created_at, revision, through, status, category, job_type, name, tags, body)
        SELECT ?, created_at, revision, through, status, category, job_type, name, tags, body FROM summary WHERE job_id = ?`,
      ...[id, own],
    );
  }
  expect(await listed()).toHaveLength(3);
  expect(await index().verify(null, 10)).toMatchObject({ checked: 3, missing: 0, stale: 0, ghost: 2 });
  expect(await listed()).toEqual([own]);
});

it('in a shard that is not its own', async () => {
  const { restate } = JobDO.prototype;
  // As the job answers that bears this id.
  vi.spyOn(JobDO.prototype, 'restate').mockImplementation(async function (this: JobDO, ...ask) {
    const answer = await restate.apply(this, ask);
    if (answer === null) return null;
    const { publication } = answer;
    const summary = { ...publication.summary, job_id: elsewhere(), root_job_id: elsewhere() };
    return { ...answer, publication: { ...publication, summary } };
  });
  await sql('UPDATE summary SET job_id = ?', elsewhere());
  expect(await index().verify(null, 10)).toMatchObject({ checked: 1, missing: 0, stale: 0, ghost: 1 });
  expect(await listed()).toEqual([]);
});
