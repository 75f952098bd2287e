import type { Client } from './client.ts';

export const SCOPES = ['picture', 'read', 'report'] as const;
export type Scope = (typeof SCOPES)[number];

const READS = ['', '/errors', '/warnings', '/logs', '/events', '/items', '/stream', '/socket'];

/** What a token of each scope opens, beside what the scopes before it do. */
export const OPENED: Record<Scope, readonly string[]> = {
  picture: ['badge.svg', 'progress.svg'].map((file) => `GET /api/jobs/:job_id/${file}`),
  read: [
    ...READS.map((list) => `GET /api/jobs/:job_id${list}`),
    'GET /v1/api/jobs/:id',
    'GET /api/v1/jobs/:id',
  ],
  report: ['progress', 'progress/batch', 'heartbeat'].map((verb) => `POST /api/jobs/:job_id/${verb}`),
};

/** What a filter token of scope `read` opens besides: all that is about more jobs than one. */
export const LISTS: readonly string[] = [
  'GET /api/jobs',
  'GET /api/jobs/export',
  'GET /api/jobs/stats',
  'GET /api/v1/jobs',
  'GET /api/events',
  'GET /api/events/stream',
];

/** Makes a token for all jobs that a filter lets through, and answers what was said of it. */
export async function makeFilterToken(
  client: Client,
  filter: { job_type?: string; tag?: string },
  scope: 'read' | 'picture' = 'read',
  expires_in?: number,
): Promise<{ token: string; token_id: string; expires_at: string }> {
  const answer = await client.post('/api/tokens', { scope, filter, expires_in });
  if (answer.status !== 201) throw new Error(`token: ${answer.status} ${answer.text}`);
  return answer.json;
}

/** Makes a token of `scope` for a job and answers it. */
export async function makeToken(
  client: Client,
  jobId: string,
  scope: Scope,
  more: { expires_in?: number; allow_get?: boolean } = {},
): Promise<string> {
  const answer = await client.post(`/api/jobs/${jobId}/tokens`, { scope, ...more });
  if (answer.status !== 201) throw new Error(`token: ${answer.status} ${answer.text}`);
  return answer.json.token;
}
