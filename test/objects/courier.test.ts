import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { send } from '../../src/objects/webhook/courier';

const URL_OF_RECEIVER = new URL('https://receiver.example/hook');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const answers: [string, () => Promise<Response>][] = [
  ['a success', async () => new Response('thanks')],
  ['no body', async () => new Response(null, { status: 204 })],
  ['a refusal', async () => new Response('no', { status: 500 })],
  ['a body longer than is read', async () => new Response('x'.repeat(200_000))],
  ['no connection', () => Promise.reject(new TypeError('reset'))],
];

it.each(answers)('an attempt is guarded by a timer and leaves none behind: %s', async (_, answer) => {
  let guarded = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => {
    guarded = vi.getTimerCount();
    return answer();
  });
  await send(URL_OF_RECEIVER, new Headers(), '{}', 15_000);
  expect(guarded).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

it('an attempt without an answer ends with its time', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation((_url, init) => {
    const { signal } = init as { signal: AbortSignal };
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const sent = send(URL_OF_RECEIVER, new Headers(), '{}', 15_000);
  vi.advanceTimersByTime(14_999);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await sent).toMatchObject({ delivered: false, attempt: { status: null, error: 'timeout' } });
  expect(vi.getTimerCount()).toBe(0);
});

it('an attempt during which the clock went back took no time', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  for (const answer of [async () => new Response('thanks'), () => Promise.reject(new TypeError('reset'))]) {
    vi.spyOn(globalThis, 'fetch').mockImplementation(() => {
      vi.setSystemTime(Date.now() - 60_000);
      return answer();
    });
    const { attempt } = await send(URL_OF_RECEIVER, new Headers(), '{}', 15_000);
    expect(attempt.duration_ms).toBe(0);
  }
});
