import { canonicalJson, type Json } from '../../domain/base/json';
import type { UnitKey } from '../../objects/job/contract';
import { sha256 } from '../ids/secrets';

/** An `Idempotency-Key` with what it came on. */
export interface RequestKey {
  key: string;
  /** The request's body as it was sent. */
  raw: Uint8Array;
  /** The same as a JSON value. */
  json: Json;
}

const encoder = new TextEncoder();

/** The hashes that tell a job of a keyed request: of the key, and of operation and body. */
export async function unitKey(operation: string, request: RequestKey | null): Promise<UnitKey | null> {
  if (request === null) return null;
  const [key, body, value] = await Promise.all([
    sha256(request.key),
    digestOf(operation, request.raw),
    digestOf(operation, encoder.encode(canonicalJson(request.json))),
  ]);
  return { key: key.slice(0, 32), body, value };
}

async function digestOf(operation: string, body: Uint8Array): Promise<string> {
  const head = encoder.encode(`${operation}\0`);
  const whole = new Uint8Array(head.byteLength + body.byteLength);
  whole.set(head);
  whole.set(body, head.byteLength);
  return (await sha256(whole)).slice(0, 16);
}
