import { expect, it } from 'vitest';
import type { RejectionCode } from '../../src/domain/base/rejection';
import { PROMISED_ORDER, questionsAt } from '../../src/http/checks/promised-order';
import { PROBLEMS } from '../../src/http/problem';
import { routeTo } from '../../src/http/route';
import { SURFACES } from '../../src/surfaces';

/** Every check as a line: what it sees to, and what it refuses with. */
const LINES = PROMISED_ORDER.map(({ name, refuses }) => {
  const codes = refuses.map((code) => `${PROBLEMS[code].status} ${code}`);
  return `${name}: ${codes.join(', ') || 'refuses nothing'}`;
});

it('the checks come in the promised order', () => {
  console.log(LINES.join('\n'));
  expect(LINES).toEqual([
    'the Host is one: 400 invalid_request',
    'any page may read a file and what answers a token, a listed one what answers a cookie: refuses nothing',
    'nobody asks too often: 429 rate_limited',
    'there is something at the path: 404 not_found',
    'a browser asks what a page may send: refuses nothing',
    'the path has the method: 405 method_not_allowed',
    'the credential is a good one: 401 unauthenticated, 403 organization_suspended, 503 unavailable',
    'a page acts for whom its browser knows on its own origin alone: 403 origin_not_allowed',
    'the organization is the caller’s: 403 organization_mismatch',
    'the caller may do this: 403 permission_denied',
    'the body is all there and not too large, there is room for it, and it came while its credential stood: 413 body_too_large, 400 invalid_request, 408 request_timeout, 503 overloaded, 401 unauthenticated, 403 organization_suspended, 503 unavailable',
    'the body is not encoded, and JSON by its type where a browser sent the credential by itself: 415 unsupported_media_type',
    'the body is JSON, in a known charset: 415 unsupported_media_type, 400 malformed_json',
    'the Idempotency-Key is well-formed: 400 invalid_request',
    'what is a WebSocket is asked for as one: 400 invalid_request',
    'the cursor is one of this list: 400 invalid_cursor',
    'the query has no more parameters than anyone needs: 422 validation_failed',
    'the fields of query and body are as they should be: 422 validation_failed, 413 body_too_large',
    'the job is the token’s own: 404 job_not_found',
  ]);
});

it('what they refuse with comes in the order of the statuses that is promised', () => {
  const statuses = PROMISED_ORDER.flatMap(({ refuses: [first] }) => status(first));
  expect(statuses.filter((one, at) => one !== statuses[at - 1])).toEqual([
    400, 429, 404, 405, 401, 403, 413, 415, 400, 422, 404,
  ]);
});

it('a request is asked no more than its route needs', () => {
  const asked = Object.fromEntries(
    SURFACES.flatMap(({ errors, endpoints }) =>
      endpoints.map((endpoint) => {
        const route = routeTo(endpoint.path, errors, [endpoint], endpoint);
        return [endpoint.id, questionsAt(route).length];
      }),
    ),
  );
  expect(asked).toMatchObject({ health: 4, getJob: 9, reportProgress: 14, receiveDelivery: 2 });
});

function status(code: RejectionCode | undefined): number[] {
  return code === undefined ? [] : [PROBLEMS[code].status];
}
