import type { Json } from '../../domain/base/json';
import { readJsonText } from '../../domain/base/json-text';
import { ok, type Result, refuse } from '../../domain/base/result';
import { formObject, isForm } from '../../domain/hook/form';
import type { RawBody } from '../../http/read-body';

/**
 * The payload of a verified delivery: JSON under any type, in the charset that is declared; a form as an object of texts,
 * and of one with `payload` what that holds, as GitHub sends it. Where `optional`, an empty body is `{}`.
 */
export function readDelivery(raw: RawBody, contentType: string | null, optional: boolean): Result<Json> {
  if (raw.byteLength === 0) {
    return optional ? ok({}) : refuse('malformed_json', 'The body is empty; send a JSON object.');
  }
  const decoder = decoderFor(contentType);
  if (decoder === null)
    return refuse('unsupported_media_type', `Nobody knows the charset of ${contentType}.`);
  if (!isForm(contentType)) return parse(decoder.decode(raw));
  const form = formObject(raw);
  const { payload } = form;
  return typeof payload === 'string' && Object.keys(form).length === 1 ? parse(payload) : ok(form);
}

function parse(text: string): Result<Json> {
  try {
    return ok(readJsonText(text).value);
  } catch (cause) {
    return refuse('malformed_json', `The body is not JSON: ${(cause as Error).message}`);
  }
}

function decoderFor(contentType: string | null): TextDecoder | null {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset.replace(/^utf8$/i, 'utf-8'));
  } catch {
    return null;
  }
}
