/** A job that hostile requests are aimed at, and that none of them may change. */
import { afterEach, beforeAll, expect } from 'vitest';
import { type Answer, type Client, makeClient } from '../support/client.ts';

export interface Bystander {
  client: Client;
  jobId: string;
}

/**
 * Gives the test file an organization with one running job. After every test the job's body, its ETag and the
 * organization's list must be what they were.
 */
export function bystander(): Bystander {
  const victim = {} as Bystander;
  let before: unknown;
  beforeAll(async () => {
    victim.client = await makeClient();
    victim.jobId = await makeRunningJob(victim.client);
    before = await snapshot(victim.client, victim.jobId);
  });
  afterEach(async () => {
    expect(await snapshot(victim.client, victim.jobId)).toEqual(before);
  });
  return victim;
}

/** Makes a job in progress that has something of everything a request could spoil. */
export async function makeRunningJob(client: Client): Promise<string> {
  const jobId = await client.createJob({ metadata: { source: 'feed' } });
  const answer = await client.report(jobId, {
    mark_started: true,
    processed_items: 3,
    stage: 'importing',
    error: { entity_type: 'row', entity_key: 'r1', error_type: 'bad_row', message: 'no name' },
  });
  if (answer.status !== 200) throw new Error(`report: ${answer.status} ${answer.text}`);
  return jobId;
}

/** Makes a job that ended as completed. */
export async function makeCompletedJob(client: Client): Promise<string> {
  const jobId = await client.createJob();
  const answer = await client.report(jobId, { mark_started: true, mark_completed: true });
  if (answer.status !== 200) throw new Error(`complete: ${answer.status} ${answer.text}`);
  return jobId;
}

/** Makes a job and deletes it again: its id is authentic, and nothing is behind it. */
export async function makeDeletedJob(client: Client): Promise<string> {
  const jobId = await makeCompletedJob(client);
  const answer = await client.send('DELETE', `/api/jobs/${jobId}`);
  if (answer.status !== 204) throw new Error(`delete: ${answer.status} ${answer.text}`);
  return jobId;
}

/** What a reader sees of a job and of its organization's list. */
export async function snapshot(client: Client, jobId: string): Promise<unknown> {
  const job = await client.get(`/api/jobs/${jobId}`);
  const list = await client.get('/api/jobs/');
  expect([job.status, list.status], job.text + list.text).toEqual([200, 200]);
  return [seen(job), list.text];
}

function seen(answer: Answer): unknown {
  return [answer.status, answer.headers.get('ETag'), answer.text];
}
