import type { Rejection } from '../../domain/base/rejection';
import type { Endpoint } from '../endpoint';
import { type RawBody, tooLarge } from '../read-body';

/** What refuses a body that can't be read: its size first, where only an end in it could have excused that. */
export function unlessTooLarge(
  { maxBytes }: NonNullable<Endpoint['body']>,
  raw: RawBody,
  rejection: Rejection | null,
): Rejection | null {
  return rejection !== null && raw.byteLength > maxBytes ? tooLarge(maxBytes) : rejection;
}
