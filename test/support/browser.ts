/** What a browser sends by itself, for the holder of a session. */
import { type Answer, type Ask, send } from './client.ts';

/** Headers of a request that a page had a browser send. */
export const FROM_ELSEWHERE: readonly Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
  { 'Sec-Fetch-Site': 'same-site', Origin: 'https://sub.headway.test' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
];
export const FROM_HERE: readonly Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://headway.test' },
  { 'Sec-Fetch-Site': 'none' },
  { Origin: 'https://headway.test' },
  {},
];

/** Sends a request with a cookie, and no `Authorization`. */
export function sendCookie(cookie: string, method: string, path: string, ask: Ask = {}): Promise<Answer> {
  const headers = new Headers(ask.headers);
  headers.set('Cookie', cookie);
  return send(null, method, path, { ...ask, headers: [...headers] });
}
