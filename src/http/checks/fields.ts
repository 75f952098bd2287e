import * as z from 'zod';
import type { FieldError } from '../../domain/base/rejection';
import type { Exchange } from '../exchange';
import { fieldErrors, MOST_ERRORS, REPORTED, rejectFields } from '../field-errors';
import { parseInput } from '../parse-input';
import { checkJson } from '../read-body';
import { readQuery } from '../read-query';
import type { Check, Verdict } from './check';

const NO_QUERY = z.strictObject({});
const NO_PARAMS = new URLSearchParams();
const NOTHING = { ok: true, data: undefined } as const;

export const fields: Check = {
  name: 'the fields of query and body are as they should be',
  refuses: ['validation_failed'],
  at({ checked }) {
    if (checked === null) return null;
    const query = checked.query ?? NO_QUERY;
    const body = checked.body?.schema;
    const tokenInQuery = checked.token?.from === 'query';
    return (exchange) => {
      if (tokenInQuery) exchange.search?.delete('token');
      if (exchange.search === null && body === undefined) {
        const unasked = query.safeParse({});
        exchange.query = unasked.data;
        if (unasked.success) return null;
      }
      return validate(exchange, query, body);
    };
  },
};

function validate(exchange: Exchange, querySchema: z.ZodObject, bodySchema: z.ZodType | undefined): Verdict {
  const bad = checkJson(exchange.json);
  if (bad !== null) return bad;
  const read = readQuery(exchange.search ?? NO_PARAMS, querySchema);
  const query = querySchema.safeParse(read.query, REPORTED);
  const body = bodySchema === undefined ? NOTHING : parseInput(bodySchema, exchange.json);
  const errors: FieldError[] = [
    ...read.errors,
    ...(query.success ? [] : fieldErrors(querySchema, query.error)),
    ...(body.ok ? [] : body.errors),
  ].slice(0, MOST_ERRORS);
  exchange.query = query.data;
  exchange.body = body.ok ? body.data : undefined;
  return rejectFields(errors);
}
