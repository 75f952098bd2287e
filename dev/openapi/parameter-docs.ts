import type { Doc } from './json-schema';

/** Parameters that many operations take. */
export const PARAMETER_DOCS = {
  'X-Organization-ID': {
    name: 'X-Organization-ID',
    in: 'header',
    required: false,
    description: 'Selects among the organizations the caller already has; any other is a 403.',
    schema: { type: 'string' },
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key and body again has one effect, and answers it.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The ETags of bodies that the reader holds; 304 where one of them is the present one.',
    schema: { type: 'string' },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description: '`return=minimal` leaves out errors, warnings, metadata and result.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description: 'The id of the last frame read, as an EventSource sends it; wins over `after`.',
    schema: { type: 'string' },
  },
  lastEventId: {
    name: 'lastEventId',
    in: 'query',
    required: false,
    description: 'The same from what can send no header; the header wins.',
    schema: { type: 'string' },
  },
  Upgrade: {
    name: 'Upgrade',
    in: 'header',
    required: true,
    schema: { type: 'string', const: 'websocket' },
  },
} satisfies Record<string, Doc>;
