import type { Json } from '../../domain/json';
import { errorText, FRAME_LIMIT, socketText } from '../../http/client-socket';
import { checkJson, parseBody } from '../../http/read-body';

/** The answer to a frame that a client sends; null where it wants none. A bad one gets an error, and the socket lives. */
export function answerFrame(data: unknown): string | null {
  if (typeof data !== 'string')
    return errorText('unsupported_media_type', 'A frame must be text: a JSON object.');
  const raw = new TextEncoder().encode(data);
  if (raw.byteLength > FRAME_LIMIT) {
    return errorText('body_too_large', `A frame must be at most ${FRAME_LIMIT} bytes.`);
  }
  const parsed = parseBody(raw, false);
  if ('code' in parsed) return errorText(parsed.code, parsed.detail);
  const bad = checkJson(parsed.json);
  if (bad !== null) return errorText(bad.code, bad.detail);
  switch (typeOf(parsed.json)) {
    case 'ping':
      return socketText('pong');
    case 'pong':
      return null;
    default:
      return errorText('validation_failed', 'A frame must be {"type": "ping"}.');
  }
}

function typeOf(json: Json): Json | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json.type : undefined;
}
