import { PROBLEMS } from '../../src/http/problem';
import type { Doc } from './json-schema';

/** The bodies of refusals. */
export function errorSchemas(): Record<string, Doc> {
  const text = { type: 'string' };
  const code = { type: 'string', enum: Object.keys(PROBLEMS) };
  const fields = {
    type: 'array',
    items: { type: 'object', required: ['path', 'message'], properties: { path: text, message: text } },
  };
  return {
    Problem: {
      type: 'object',
      description: 'RFC 9457, with a code and the request’s id.',
      required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
      properties: {
        type: text,
        title: text,
        status: { type: 'integer' },
        detail: text,
        code,
        request_id: text,
        errors: fields,
        last_sequence: {
          type: 'integer',
          description: 'Of `stale_sequence`: the reporter’s last applied one.',
        },
        job_status: { ...text, description: 'Where a known job stands.' },
        revision: { type: 'integer' },
        control: { $ref: '#/components/schemas/Control' },
        oldest_cursor: { ...text, description: 'Where a reader whose cursor has expired can go on.' },
        oldest_at: { type: ['string', 'null'], description: 'The time of the oldest event behind it.' },
      },
    },
    Envelope: {
      type: 'object',
      required: ['data', 'error'],
      properties: {
        data: { type: 'null' },
        error: {
          type: 'object',
          required: ['code', 'message', 'details', 'request_id'],
          properties: { code, message: text, details: { type: 'object' }, request_id: text },
        },
      },
    },
  };
}
