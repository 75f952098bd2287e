/** Verification as receivers do it: by both published implementations, which must agree. */
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { vi } from 'vitest';

export interface Message {
  headers: Headers;
  body: string;
}

/** Whether `message` was signed with `secret` within five minutes of `at` (ms). */
export function isSigned(secret: string, { headers, body }: Message, at: number): boolean {
  const named = Object.fromEntries(headers);
  const clock = vi.spyOn(Date, 'now').mockReturnValue(at);
  try {
    const verdicts = [StandardWebhook, SvixWebhook].map((Webhook) =>
      succeeds(() => new Webhook(secret).verify(body, named)),
    );
    if (verdicts[0] !== verdicts[1]) throw new Error(`the verifiers disagree about ${body}`);
    return verdicts[0] ?? false;
  } finally {
    clock.mockRestore();
  }
}

function succeeds(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}
