/** Every request that carries a body, so that each bad body is tried at each of them. */
import { env } from 'cloudflare:workers';
import { type Answer, type Ask, send } from '../support/client.ts';
import type { Bystander } from './bystander.ts';
import type { Surface } from './refusal.ts';

export interface Door {
  name: string;
  surface: Surface;
  /** False where an empty body means `{}` (cancel and rerun). */
  needsBody: boolean;
  path: (victim: Bystander) => string;
}

export const DOORS: readonly Door[] = [
  { name: 'create', surface: 'native', needsBody: true, path: () => '/api/jobs/' },
  { name: 'report', surface: 'native', needsBody: true, path: (v) => `/api/jobs/${v.jobId}/progress` },
  { name: 'make a hook', surface: 'native', needsBody: true, path: () => '/api/hooks' },
  { name: 'cancel', surface: 'native', needsBody: false, path: (v) => `/api/jobs/${v.jobId}/cancel` },
  { name: 'rerun', surface: 'native', needsBody: false, path: (v) => `/api/jobs/${v.jobId}/rerun` },
  { name: 'rerun (b)', surface: 'polling', needsBody: false, path: (v) => `/v1/api/jobs/${v.jobId}/rerun` },
  {
    name: 'cancel (c)',
    surface: 'monitoring',
    needsBody: false,
    path: (v) => `/api/v1/jobs/${v.jobId}/cancel`,
  },
  { name: 'make an organization', surface: 'admin', needsBody: true, path: () => '/admin/orgs' },
  {
    name: 'make a key',
    surface: 'admin',
    needsBody: true,
    path: (v) => `/admin/orgs/${v.client.organization}/keys`,
  },
];

/** Posts through a door with the credential that opens it; bytes go out without a `Content-Type`. */
export function knock(door: Door, victim: Bystander, ask: Ask = {}): Promise<Answer> {
  const credential = door.surface === 'admin' ? env.ADMIN_TOKEN : victim.client.key;
  return send(credential, 'POST', door.path(victim), ask);
}

/** Posts `text` as JSON, byte for byte: for what `JSON.stringify` would never write. */
export function knockRaw(door: Door, victim: Bystander, text: string): Promise<Answer> {
  return knock(door, victim, { raw: bytes(text), headers: { 'Content-Type': 'application/json' } });
}

/** Posts a stream of `total` bytes without a declared length; answers how many bytes were taken as well. */
export async function knockStream(
  door: Door,
  victim: Bystander,
  total: number,
): Promise<{ answer: Answer; taken: number }> {
  let taken = 0;
  const chunk = new Uint8Array(16_384).fill(0x20);
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (taken >= total) return controller.close();
      taken += chunk.length;
      controller.enqueue(chunk.slice());
    },
  });
  const answer = await knock(door, victim, { raw: stream, headers: { 'Content-Type': 'application/json' } });
  return { answer, taken };
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
