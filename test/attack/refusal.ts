/** What every refusal must look like, whatever was wrong with the request. */
import { expect } from 'vitest';
import { type Answer, ORIGIN } from '../support/client.ts';

export type Surface = 'native' | 'polling' | 'monitoring' | 'line' | 'admin' | 'open';

/** Traces of the house behind the door: a stack, a file, a library's error, a storage engine. */
const INTERNALS = new RegExp(
  [
    String.raw`\n\s+at |\.[jt]s:\d+|node_modules|sqlite|workerd|\[object `,
    '(Syntax|Type|Range|Zod)Error|DurableObject|JobDO|OrgDO',
  ].join('|'),
  'i',
);

/** A line of text has no code: what it says is known by these words. */
const SENTENCES: [string, RegExp][] = [
  ['unauthenticated', /holds no valid token/],
  ['permission_denied', /does not open this|without allow_get|lacks the permission/],
  ['method_not_allowed', /is not allowed here/],
  ['body_too_large', /over \d+ bytes/],
  ['unsupported_media_type', /Content-Encoding/],
  ['validation_failed', /must be|is an integer|not a known field/],
  ['organization_suspended', /is suspended/],
  ['job_not_found', /no such job/],
  ['job_terminal', /nothing leaves a terminal status/],
  ['not_found', /nothing at this path/],
];

/** Holds `answer` to be the refusal `status` and `code`, in the envelope of `surface` (behaviour §3, §5). */
export function expectRefusal(
  answer: Answer,
  status: number,
  code: string,
  surface: Surface = 'native',
): void {
  expect({ status: answer.status, code: codeOf(answer, surface) }, answer.text).toEqual({ status, code });
  expectEnvelope(answer, surface);
}

/** Holds `answer` to be one of several refusals, where the guide leaves the choice. */
export function expectOneOf(
  answer: Answer,
  refusals: readonly (readonly [number, string])[],
  surface: Surface = 'native',
): void {
  const wanted = refusals.map(([status, code]) => `${status} ${code}`);
  expect(wanted, answer.text).toContain(`${answer.status} ${codeOf(answer, surface)}`);
  expectEnvelope(answer, surface);
}

/** Holds any refusal to the envelope of its surface, with one request id in the body and on the header. */
export function expectEnvelope(answer: Answer, surface: Surface = 'native'): void {
  const requestId = answer.headers.get('X-Request-Id') ?? '';
  expect(requestId.length, 'X-Request-Id').toBeGreaterThanOrEqual(8);
  expect(answer.text).not.toMatch(INTERNALS);
  const type = (answer.headers.get('Content-Type') ?? '').split(';')[0];
  if (surface === 'polling') {
    expect(type).toBe('application/json');
    expect(Object.keys(answer.json).sort()).toEqual(['data', 'error']);
    expect(answer.json.data).toBeNull();
    expect(Object.keys(answer.json.error).sort()).toEqual(['code', 'details', 'message', 'request_id']);
    expect(answer.json.error.message).toEqual(expect.stringMatching(/\S/));
    expect(answer.json.error.request_id).toBe(requestId);
  } else if (surface === 'line') {
    expect(type).toBe('text/plain');
    expect(answer.text).toMatch(/^\S[^\n]*\n$/);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  } else {
    expect(type).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ title: expect.stringMatching(/\S/), request_id: requestId });
    expect(answer.json.status).toBe(answer.status);
  }
  if (answer.status === 401) expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer\b/);
  if (answer.status === 405) expect(answer.headers.get('Allow')).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
}

export function codeOf(answer: Answer, surface: Surface = 'native'): string {
  if (surface === 'line') return SENTENCES.find(([, sentence]) => sentence.test(answer.text))?.[0] ?? 'none';
  return surface === 'polling' ? answer.json?.error?.code : answer.json?.code;
}

/** The surface that answers for `path`, once a URL parser has read it. */
export function surfaceOf(path: string): Surface {
  return /^\/v1\/api(\/|$)/.test(new URL(ORIGIN + path).pathname) ? 'polling' : 'native';
}

/** All of an answer that may tell two askers apart: equal for equal refusals, but for the request id. */
export function fingerprint(answer: Answer): string {
  const requestId = answer.headers.get('X-Request-Id') ?? 'none';
  const headers = [...answer.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date');
  return JSON.stringify([answer.status, headers, answer.text.replaceAll(requestId, '(request id)')]);
}
