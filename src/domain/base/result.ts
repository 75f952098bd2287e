import { type Rejection, type RejectionCode, reject } from './rejection';

/** What a verb comes to: its value, or why it was refused. */
export type Result<Value> = { ok: true; value: Value } | { ok: false; rejection: Rejection };

export function ok<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

export function refuse(code: RejectionCode, detail: string): { ok: false; rejection: Rejection } {
  return { ok: false, rejection: reject(code, detail) };
}
