import * as z from 'zod';
import { withDoubles } from '../../domain/base/json-text';
import { type Rejection, reject } from '../../domain/base/rejection';
import type { Endpoint } from '../endpoint';
import type { Exchange } from '../exchange';
import { fieldErrors, MOST_ERRORS, REPORTED, rejectFields } from '../field-errors';
import { checkJson } from '../parse-body';
import { readQuery } from '../read-query';
import type { Check } from './check';

const NO_QUERY = z.strictObject({});
const NO_PARAMS = new URLSearchParams();

export const fields: Check = {
  name: 'the fields of query and body are as they should be',
  refuses: ['validation_failed', 'body_too_large'],
  at({ checked }) {
    if (checked === null) return null;
    const query = checked.query ?? NO_QUERY;
    const { body } = checked;
    const tokenInQuery = checked.token?.from === 'query';
    /** Most requests have no query: what that comes to is found once. */
    let none: ReadQuery | null = null;
    return (exchange) => {
      const { search } = exchange;
      if (tokenInQuery) search?.delete('token');
      none ??= asked(NO_PARAMS, query);
      const { value, refusal: badQuery } = search === null ? none : asked(search, query);
      exchange.query = value;
      const badBody = body === undefined || body.raw ? null : checkBody(exchange, body);
      return badQuery === null ? badBody : both(exchange, badQuery, badBody);
    };
  },
};

interface ReadQuery {
  value: unknown;
  refusal: Rejection | null;
}

function asked(search: URLSearchParams, schema: z.ZodObject): ReadQuery {
  const read = readQuery(search, schema);
  const parsed = schema.safeParse(read.query, REPORTED);
  const errors = [...read.errors, ...(parsed.success ? [] : fieldErrors(schema, parsed.error))];
  return { value: parsed.data, refusal: rejectFields(errors) };
}

function checkBody(exchange: Exchange, { read, schema }: NonNullable<Endpoint['body']>): Rejection | null {
  const { json, adjusted, raw, params } = exchange;
  if (read !== undefined) {
    const taken = read({ json, adjusted, params, bytes: raw.byteLength });
    if ('code' in taken) return taken;
    exchange.body = taken.body;
    exchange.told = taken.told;
    exchange.ends = taken.ends ?? false;
    return null;
  }
  const bad = checkJson(json);
  if (bad !== null) return bad;
  const parsed = schema.safeParse(withDoubles(json), REPORTED);
  exchange.body = parsed.data;
  return parsed.success ? null : rejectFields(fieldErrors(schema, parsed.error));
}

/**
 * One refusal for the faults of query and body; one of another kind than fields comes alone. A body that ends a job is
 * not refused for its query.
 */
function both(exchange: Exchange, query: Rejection, body: Rejection | null): Rejection | null {
  if (body === null && exchange.ends) {
    const { adjusted, ignored } = exchange.told;
    exchange.told = { adjusted, ignored: [...ignored, ...(query.errors ?? [])] };
    return null;
  }
  if (body === null || body.errors === undefined) return body ?? query;
  const errors = [...(query.errors ?? []), ...body.errors].slice(0, MOST_ERRORS);
  return rejectFields(errors) ?? reject(query.code, query.detail);
}
