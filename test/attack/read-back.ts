/** What is sent byte for byte, and what is told and kept of it. */
import type { Answer, Client } from '../support/client.ts';
import { bytes } from './doors.ts';

export function post(
  client: Client,
  path: string,
  raw: Uint8Array<ArrayBuffer> | string,
  type = 'application/json',
): Promise<Answer> {
  return client.send('POST', path, {
    raw: typeof raw === 'string' ? bytes(raw) : raw,
    headers: { 'Content-Type': type },
  });
}

/** Reports to a new job as `raw`, and answers that, and the job as it is then. */
export async function reported(client: Client, raw: Uint8Array<ArrayBuffer> | string, type?: string) {
  const id = await client.createJob();
  const answer = await post(client, `/api/jobs/${id}/progress`, raw, type);
  if (answer.status !== 200) throw new Error(`report: ${answer.status} ${answer.text}`);
  return { id, answer, job: await client.get(`/api/jobs/${id}`) };
}

/** What an answer says was adjusted: a path and a reason each. */
export const told = ({ json }: Answer) =>
  (json.adjusted ?? []).map((one: object) => Object.values(one).join(' '));
