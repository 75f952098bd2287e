import type { Env } from '../config';
import type { Rejection } from '../domain/base/rejection';
import { refuse } from '../domain/base/result';
import { roomFor } from '../objects/address';

type Refused = { ok: false; rejection: Rejection };

/** Refuses what would make another object while the process has too few files left for it; null where there is room. */
export function refuseWithoutRoom(env: Env): Refused | null {
  return roomFor(env, Date.now()) > 0 ? null : noRoom('be made');
}

export function noRoom(what: string): Refused {
  return refuse('overloaded', `No more can ${what} just now: too much is in use. Try again shortly.`);
}
