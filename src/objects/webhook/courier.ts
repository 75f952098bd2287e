import { readRetryAfter } from '../../domain/webhook/retry';
import type { Attempt } from '../../domain/webhook/webhook';
import { type Network, PUBLIC_NETWORK } from './webhook-settings';

/** How much of an answer is read and how much of it is kept (bytes). */
const READ_LIMIT = 65_536;
const ANSWER_LIMIT = 1_024;

/** One try at a delivery, and what the receiver asked for. */
export interface AttemptOutcome {
  attempt: Attempt;
  /** 2xx, whole and in time: nothing else is a success. */
  delivered: boolean;
  /** The receiver wants no more of it: 410. */
  gone: boolean;
  /** ms; null where it did not say. */
  retryAfter: number | null;
}

/** Sends `body` once, `headers` with it, by `network`. A redirect is an answer like any other: it is not followed. Never throws. */
export async function send(
  url: URL,
  headers: Headers,
  body: string,
  timeout: number,
  network: Network = PUBLIC_NETWORK,
): Promise<AttemptOutcome> {
  const at = Date.now();
  // A timer that is left running keeps the object awake, and billed, to its end: `AbortSignal.timeout` can't be cleared.
  const late = new AbortController();
  const { signal } = late;
  const timer = setTimeout(() => late.abort(), timeout);
  try {
    const response = await network.fetch(url.href, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal,
    });
    const answer = await readStart(response, signal);
    const { status } = response;
    return {
      attempt: { at, status, duration_ms: since(at), error: null, answer },
      delivered: status >= 200 && status < 300,
      gone: status === 410,
      retryAfter: readRetryAfter(response.headers.get('Retry-After'), Date.now()),
    };
  } catch {
    return failed(at, signal.aborted ? 'timeout' : 'connection');
  } finally {
    clearTimeout(timer);
  }
}

/** An attempt that got no answer, or was not made. */
export function failed(at: number, error: Attempt['error']): AttemptOutcome {
  const attempt = { at, status: null, duration_ms: since(at), error, answer: '' };
  return { attempt, delivered: false, gone: false, retryAfter: null };
}

/** ms since `at`, none where the clock went back meanwhile. */
function since(at: number): number {
  return Math.max(Date.now() - at, 0);
}

/** The first KiB of a body, of which no more than the limit is read. */
async function readStart(response: Response, signal: AbortSignal): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const start = new Uint8Array(ANSWER_LIMIT);
  let read = 0;
  try {
    while (read < READ_LIMIT) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) return decode(start, read);
      if (read < ANSWER_LIMIT) start.set(value.subarray(0, ANSWER_LIMIT - read), read);
      read += value.byteLength;
    }
  } catch (cause) {
    void reader.cancel().catch(() => undefined);
    throw cause;
  }
  void reader.cancel().catch(() => undefined);
  return decode(start, read);
}

function decode(start: Uint8Array, read: number): string {
  return new TextDecoder().decode(start.subarray(0, Math.min(read, ANSWER_LIMIT)));
}
