import type { Rejection } from '../../domain/base/rejection';
import { formObject, isForm, isTorn } from '../../domain/hook/form';
import { type ParsedBody, parseBody, parseJson } from '../../http/parse-body';
import type { RawBody } from '../../http/read-body';

/**
 * The payload of a delivery: JSON under any type, in the charset that is declared or marked; a form as an object of texts,
 * and of one with `payload` what that holds, as GitHub sends it. Where `optional`, an empty body is `{}`.
 */
export function readDelivery(
  raw: RawBody,
  contentType: string | null,
  optional: boolean,
): ParsedBody | Rejection {
  if (raw.byteLength === 0 || !isForm(contentType)) return parseBody(raw, contentType, optional);
  const form = formObject(raw);
  const { payload } = form;
  const holdsJson = typeof payload === 'string' && Object.keys(form).length === 1;
  const parsed = holdsJson ? parseJson(payload, 'payload') : { json: form, adjusted: [] };
  if ('code' in parsed || !isTorn(raw)) return parsed;
  return { ...parsed, adjusted: [{ path: '', reason: 'repaired' }, ...parsed.adjusted] };
}
