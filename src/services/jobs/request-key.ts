import type { UnitKey } from '../../objects/job/contract';
import { sha256 } from '../ids/secrets';

/** An `Idempotency-Key` with what it came on. */
export interface RequestKey {
  key: string;
  /** The request's body as it was sent. */
  raw: Uint8Array;
}

/** The hashes a job keeps of a keyed request: one of the key, one of operation and raw body. */
export async function unitKey(operation: string, request: RequestKey | null): Promise<UnitKey | null> {
  if (request === null) return null;
  const head = new TextEncoder().encode(`${operation}\0`);
  const whole = new Uint8Array(head.byteLength + request.raw.byteLength);
  whole.set(head);
  whole.set(request.raw, head.byteLength);
  const [key, body] = await Promise.all([sha256(request.key), sha256(whole)]);
  return { key: key.slice(0, 32), body: body.slice(0, 16) };
}
