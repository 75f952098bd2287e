import type { Rejection } from '../domain/base/rejection';
import type { Asked, Reply } from './endpoint';
import { EVENT_STREAM_HEADERS } from './event-stream';
import { PROBLEMS, refusalHeaders } from './problem';

/**
 * What a stream answers an EventSource in place of a 503 or 429, which would close it for good (HTML, 9.2.3): a stream that
 * ends at once and says when to come back. Null for any other refusal, and for any other client.
 */
export function comeAgain(rejection: Rejection, request: Asked): Reply | null {
  const { status } = PROBLEMS[rejection.code];
  if ((status !== 503 && status !== 429) || !isEventSource(request)) return null;
  const seconds = Number(refusalHeaders(rejection)['Retry-After'] ?? 1);
  return { status: 200, body: `retry: ${seconds * 1_000}\n\n`, headers: EVENT_STREAM_HEADERS };
}

/** A browser's says so in what it may not set itself; another that was connected before shows where it was. */
function isEventSource({ headers, lastEventId }: Asked): boolean {
  if (lastEventId !== null) return true;
  const streams = /\btext\/event-stream\b/i.test(headers.get('Accept') ?? '');
  return streams && headers.get('Sec-Fetch-Mode') === 'cors';
}
