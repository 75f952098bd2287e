import { createHash } from 'node:crypto';

/** What names a file by its bytes: 16 hex digits of their SHA-256. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
