import type { Env } from '../config';
import type { Rejection } from '../domain/base/rejection';
import { refuse } from '../domain/base/result';
import { hasRoom } from '../objects/address';

/** Refuses what would make another object while the process has too few files left for it; null where there is room. */
export function refuseWithoutRoom(env: Env): { ok: false; rejection: Rejection } | null {
  if (hasRoom(env, Date.now())) return null;
  return refuse('overloaded', 'No more can be made just now: too much is in use. Try again shortly.');
}
