/** Bulk operations as a caller sees them. */
import { env } from 'cloudflare:workers';
import { expect, vi } from 'vitest';
import { coreOf } from '../../src/objects/address';
import type { Client } from './client';

export const stubOf = (client: Client, id: string) =>
  env.BULK.getByName(`${client.organization}/${coreOf(id)}`);

export async function jobs(
  client: Client,
  count: number,
  fields: Record<string, unknown> = {},
): Promise<string[]> {
  const ids: string[] = [];
  for (let left = count; left > 0; left -= 25) {
    const some = Array.from({ length: Math.min(left, 25) }, () => client.createJob(fields));
    ids.push(...(await Promise.all(some)));
  }
  return ids;
}

export async function begin(client: Client, operation: string, body: unknown, headers = {}): Promise<string> {
  const answer = await client.post(`/api/jobs/bulk/${operation}`, body, headers);
  expect(answer.status, answer.text).toBe(202);
  expect(answer.headers.get('Location')).toBe(answer.json.links.job);
  return answer.json.job_id;
}

export const job = async (client: Client, id: string) => (await client.get(`/api/jobs/${id}`)).json;

export async function ended(client: Client, id: string) {
  await vi.waitFor(async () => expect((await job(client, id)).completed_at).not.toBeNull(), {
    timeout: 25_000,
    interval: 50,
  });
  return job(client, id);
}

/** Resolves once it has done something to so many. */
export const under = (client: Client, id: string, count: number) =>
  vi.waitFor(async () => expect((await job(client, id)).processed_items).toBeGreaterThanOrEqual(count), {
    timeout: 25_000,
    interval: 10,
  });

export async function statuses(client: Client, ids: readonly string[]): Promise<Record<string, number>> {
  const all = await Promise.all(ids.map(async (id) => (await client.get(`/api/jobs/${id}`)).json.status));
  return Object.fromEntries(
    Object.entries(Object.groupBy(all, (one) => one)).map(([name, some]) => [name, some?.length ?? 0]),
  );
}

export async function listed(client: Client, query: string) {
  const answer = await client.get(`/api/jobs/export?${query}`);
  return answer.text
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .filter((line) => line.job_id);
}
