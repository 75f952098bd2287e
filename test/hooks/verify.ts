/** The one function that decides who signed a delivery, at an hour of the tests' own. */
import { expect } from 'vitest';
import type { Verification } from '../../src/domain/hook/verification';
import { verifyDelivery } from '../../src/services/hooks/verify-arrival';
import type { Headers } from './senders';

/** What the two sides know of each other. */
export interface Agreed {
  verification: Verification;
  secret: string;
}

export const NOW = Date.UTC(2026, 10, 22, 12);
export const T = NOW / 1_000;
export const SMALL = '{"n":1}';
export const VERIFIED = { digest: expect.stringMatching(/^[0-9a-f]{64}$/) };

export function verify(
  { verification, secret }: Agreed,
  raw: Uint8Array | string,
  headers: Headers,
  now = NOW,
) {
  const low = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const bytes = typeof raw === 'string' ? new TextEncoder().encode(raw) : raw;
  const header = (name: string) => low.get(name.toLowerCase()) ?? null;
  return verifyDelivery(
    verification,
    secret,
    { method: 'POST', url: 'https://headway.test/hooks/a/b/c', header, raw: bytes },
    now,
  );
}
