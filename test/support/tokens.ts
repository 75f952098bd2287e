import type { Client } from './client.ts';

export const SCOPES = ['picture', 'read', 'report'] as const;
export type Scope = (typeof SCOPES)[number];

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
