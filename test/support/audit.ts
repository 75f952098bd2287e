import { exports } from 'cloudflare:workers';
import { expect } from 'vitest';
import { type Client, ORIGIN } from './client';

/** An audit record as it is shown. */
export interface ShownRecord {
  id: string;
  at: string;
  actor: { type: string; id: string; name: string | null };
  action: string;
  target: { type: string; id: string | null };
  outcome: string;
  code?: string;
  changes?: { field: string; from?: unknown; to?: unknown }[];
  count?: number;
  request_id: string | null;
  address: string | null;
  user_agent: string | null;
}

/** The records of an organization that a query finds, newest first. */
export async function recordsOf(client: Client, query = ''): Promise<ShownRecord[]> {
  const answer = await client.get(`/api/audit?limit=100${query}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json.records;
}

/** Sends a request as it comes through Cloudflare, from an address. */
export async function sendFrom(
  address: string,
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const headers: Record<string, string> = {
    Authorization: `Bearer ${key}`,
    'CF-Connecting-IP': address,
    'User-Agent': 'a dashboard/1.0',
  };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const request = new Request(ORIGIN + path, { ...init, cf: { colo: 'TST' } } as RequestInit);
  return exports.default.fetch(request);
}

/** Asks until it holds: what no answer waits for comes soon after. */
export function soon(check: () => Promise<void>): Promise<void> {
  return expect.poll(() => check().then(() => 'so', String), { timeout: 10_000 }).toBe('so');
}
