import type { Rejection } from '../../domain/base/rejection';
import type { Endpoint } from '../endpoint';
import { type RawBody, tooLarge } from '../read-body';

/** What refuses a request whose body can't be read, or holds no end: its size first, which only an end could have excused. */
export function unlessTooLarge(
  body: Endpoint['body'],
  raw: RawBody,
  rejection: Rejection | null,
): Rejection | null {
  const most = body?.maxBytes ?? Number.POSITIVE_INFINITY;
  return rejection !== null && raw.byteLength > most ? tooLarge(most) : rejection;
}
