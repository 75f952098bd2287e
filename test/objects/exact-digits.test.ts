/**
 * Digits go to a job's object beside the doubles that an object of the version before takes: whichever of the two is
 * older, nothing is refused, and what was stored as doubles is read as it was stored.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { METADATA_SLOT, RESULT_SLOT } from '../../src/objects/job/job-schema';
import { type Answer, type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

const EXACT = '[9007199254740993,1.10,1E5]';
const DOUBLES = '[9007199254740992,1.1,100000]';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

function post(path: string, raw: string): Promise<Answer> {
  return client.send('POST', path, { raw });
}

/** The object as the version before: it knows no `exact`, in what it is asked and in what it answers. */
function olderObject(): void {
  const { apply, create, rerun } = JobDO.prototype;
  vi.spyOn(JobDO.prototype, 'create').mockImplementation(function (this: JobDO, organization, ask) {
    const { exact: _exact, ...known } = ask;
    return create.call(this, organization, known);
  });
  vi.spyOn(JobDO.prototype, 'apply').mockImplementation(function (this: JobDO, organization, ask, ...rest) {
    const commands = ask.unit.commands.map((command) => {
      if (command.verb !== 'report') return command;
      const { exact: _exact, ...known } = command;
      return known;
    });
    return apply.call(this, organization, { ...ask, unit: { ...ask.unit, commands } }, ...rest);
  });
  vi.spyOn(JobDO.prototype, 'rerun').mockImplementation(async function (this: JobDO, ...asked) {
    const answer = await rerun.call(this, ...asked);
    if (answer?.outcome !== 'seed') return answer;
    const { exact: _exact, ...known } = answer;
    return known;
  });
}

/** Makes a job and reports on it, all with digits. */
async function work(): Promise<{ id: string; answers: Answer[] }> {
  const creation = `{"job_type":"import","total_items":1,"metadata":{"n":${EXACT}}}`;
  const created = await post('/api/jobs/', creation);
  const id = created.json.job_id;
  const issue = `{"entity_key":"k","error_type":"t","message":"m","details":{"n":${EXACT}}}`;
  const report = `{"metadata_patch":{"m":${EXACT}},"result":${EXACT},"error":${issue}}`;
  const reported = await post(`/api/jobs/${id}/progress`, report);
  const batch = await post(`/api/jobs/${id}/progress/batch`, `{"reports":[{"mark_failed":"x"}]}`);
  return { id, answers: [created, reported, batch, await post(`/api/jobs/${id}/rerun`, '')] };
}

function expectDigits({ id, answers }: Awaited<ReturnType<typeof work>>, digits: string, job: Answer): void {
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 201]);
  expect(answers.at(-1)?.text).toContain(`"metadata":{"n":${digits}}`);
  expect(job.json.job_id).toBe(id);
  expect(job.text).toContain(`"metadata":{"n":${digits},"m":${digits}}`);
  expect(job.text).toContain(`"result":${digits}`);
  expect(job.text).toContain(`"details":{"n":${digits}}`);
}

describe('digits that a double does not hold', () => {
  it('are doubles in an object of the version before', async () => {
    olderObject();
    const done = await work();
    expectDigits(done, DOUBLES, await client.get(`/api/jobs/${done.id}`));
  });

  it('are kept in one of this version', async () => {
    const done = await work();
    expectDigits(done, EXACT, await client.get(`/api/jobs/${done.id}`));
  });
});

it('a Worker of the version before is taken by its doubles', async () => {
  const id = await client.createJob();
  const job = await jobStub(client.organization, id);
  const report = { result: JSON.parse(EXACT), metadata_patch: { m: JSON.parse(EXACT) } };
  const unit = { commands: [{ verb: 'report' as const, report, digest: '' }], batch: false };
  const applied = await job.apply(client.organization, { unit, key: null }, { content: true });
  expect(applied?.view.content).toMatchObject({ metadata: `{"m":${DOUBLES}}`, result: DOUBLES });
});

it('what the version before stored as doubles is read and patched as it stands', async () => {
  const id = await client.createJob({ metadata: { a: 1 } });
  await client.report(id, { result: [1] });
  const stub = await jobStub(client.organization, id);
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    sql.exec('UPDATE entry SET body = ? WHERE slot = ?', `{"n":${DOUBLES}}`, METADATA_SLOT);
    sql.exec('UPDATE entry SET body = ? WHERE slot = ?', DOUBLES, RESULT_SLOT);
  });
  await evictDurableObject(stub);
  const same = await post(
    `/api/jobs/${id}/progress`,
    `{"result":${DOUBLES},"metadata_patch":{"n":${DOUBLES}}}`,
  );
  expect(same.json.revision).toBe(2);
  const patched = await post(`/api/jobs/${id}/progress`, `{"metadata_patch":{"m":${EXACT}}}`);
  expect(patched.text).toContain(`"metadata":{"n":${DOUBLES},"m":${EXACT}}`);
  expect(patched.text).toContain(`"result":${DOUBLES}`);
});
