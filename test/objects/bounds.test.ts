import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

const MIB = 1_048_576;

async function sizeOf(client: Client, id: string): Promise<number> {
  const stub = await jobStub(client.organization, id);
  return runInDurableObject(stub, (_job, state) => state.storage.sql.databaseSize);
}

/** One request that appends 100 errors, 100 warnings and 101 log entries. */
async function append(client: Client, id: string, text: string): Promise<void> {
  const issues = Array.from({ length: 100 }, () => ({ entity_key: 'k', error_type: 't', message: text }));
  const logs = issues.map(({ message }) => ({ level: 'info', message }));
  const reports = Array.from({ length: 10 }, () => ({
    errors: issues,
    warnings: issues,
    logs,
    message: text,
  }));
  const answer = await client.post(
    `/api/jobs/${id}/progress/batch`,
    { reports },
    { Prefer: 'return=minimal' },
  );
  expect(answer.status).toBe(200);
}

it('once its bounds are reached 100,000 more appends leave a job’s size flat, and its totals exact', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  for (let request = 0; request < 11; request++) await append(client, id, 'a message of some length');
  const full = await sizeOf(client, id);
  for (let request = 0; request < 34; request++) await append(client, id, 'a message of some length');
  expect(await sizeOf(client, id)).toBeLessThanOrEqual(full * 1.05);
  const job = (await client.get(`/api/jobs/${id}`)).json;
  expect([job.errors_total, job.warnings_total]).toEqual([45_000, 45_000]);
  // Two events: it was created, and its first error started it.
  expect(job.logs_total).toBe(45_000 * 2 + 45_450 + 2);
  expect([job.errors.length, job.warnings.length]).toEqual([100, 100]);
}, 120_000);

it('a job filled to every bound answers in under 1 MiB on every surface', async () => {
  const client = await makeClient();
  const wide = '\u{1F600}'.repeat(4_000);
  const filler = Object.fromEntries(
    Array.from({ length: 60 }, (_, key) => [`key ${key}`, 'x'.repeat(1_000)]),
  );
  const id = await client.createJob({
    metadata: filler,
    name: 'n'.repeat(200),
    tags: Array(10).fill('t'.repeat(128)),
  });
  await client.report(id, { result: filler, stage: 's'.repeat(200), message: wide });
  for (let request = 0; request < 10; request++) {
    const errors = Array.from({ length: 11 }, (_, type) => ({
      entity_key: 'k'.repeat(512),
      error_type: `${request} ${type} `.padEnd(200, 'e'),
      message: wide,
      details: { text: 'd'.repeat(4_000) },
    }));
    expect((await client.report(id, { errors })).status).toBe(200);
    expect(
      (await client.report(id, { warnings: errors, logs: [{ level: 'warn', message: wide }] })).status,
    ).toBe(200);
  }
  expect((await client.report(id, { mark_failed: wide })).status).toBe(200);
  const paths = ['', '/errors?limit=100', '/warnings?limit=100', '/logs?limit=100', '/events?limit=100'];
  const all = [
    ...paths.map((path) => `/api/jobs/${id}${path}`),
    `/v1/api/jobs/${id}`,
    `/api/v1/jobs/${id}`,
    '/api/jobs/?limit=100',
  ];
  for (const path of all) {
    const { status, text } = await client.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(new TextEncoder().encode(text).byteLength, path).toBeLessThan(MIB);
  }
}, 120_000);

it('pages that end early by size still lead through every entry', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  const errors = Array.from({ length: 50 }, (_, key) => ({
    entity_key: `${key}`,
    error_type: 't',
    message: 'x'.repeat(4_000),
  }));
  for (let request = 0; request < 4; request++) await client.report(id, { errors });
  const seen: string[] = [];
  let path = `/api/jobs/${id}/errors?limit=100`;
  for (let page = 0; page < 10; page++) {
    const { json } = await client.get(path);
    seen.push(...json.errors.map((error: { entity_key: string }) => error.entity_key));
    if (json.next_cursor === null) break;
    path = `/api/jobs/${id}/errors?limit=100&cursor=${json.next_cursor}`;
  }
  expect(seen).toEqual(Array.from({ length: 4 }, () => errors.map(({ entity_key }) => entity_key)).flat());
});
