import { byteLength, type Json, jsonSize } from '../domain/base/json';
import { type Rejection, reject } from '../domain/base/rejection';
import { CONTENT_LIMIT } from '../domain/job/job';
import { BODY_LIMIT } from '../http/endpoint';

/** The most that a report which ends its job may take (bytes). Source: behaviour §2. */
export const END_LIMIT = 1_048_576;

/** The refusal of a report that is too large, or has too large a result; null where it is neither. */
export function checkReport(json: Json, place = '', limit = BODY_LIMIT): Rejection | null {
  if (byteLength(JSON.stringify(json)) <= limit) return checkResult(json, place === '' ? '' : `${place}.`);
  const error = { path: place, message: `must be at most ${limit} bytes as JSON` };
  return reject('body_too_large', `${place || 'The report'} ${error.message}.`, [error]);
}

/** The refusal of a report's result that is too large; null where it is not. */
export function checkResult(json: Json, place = ''): Rejection | null {
  const result = (json as { result?: Json }).result;
  if (result === undefined || jsonSize(result) <= CONTENT_LIMIT) return null;
  const error = { path: `${place}result`, message: 'must be at most 65,536 bytes as JSON' };
  return reject('result_too_large', `${error.path} ${error.message}.`, [error]);
}
