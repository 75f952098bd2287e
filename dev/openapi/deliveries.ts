import { EVENT_SCHEMAS } from '../../src/dialects/native/feed/schemas';
import { convert, type Doc, type Schemas } from './json-schema';

const DELIVERY_HEADERS = [
  ['webhook-id', 'The event’s id: the same at every attempt.'],
  ['webhook-timestamp', 'When the attempt was made, in seconds since 1970.'],
  ['webhook-signature', 'Signatures of Standard Webhooks, separated by spaces: v1,…'],
] as const;

const DELIVERED: Doc = {
  type: 'object',
  required: ['previous_revision'],
  properties: {
    previous_revision: {
      type: ['integer', 'null'],
      description: 'The revision of the job’s last event before that was this endpoint’s too.',
    },
  },
};

/** Each event as a receiver is sent it. */
export function webhooks(schemas: Schemas): Doc {
  return Object.fromEntries(
    Object.entries(EVENT_SCHEMAS).map(([type, schema]) => {
      const { id, description } = schema.meta() ?? {};
      const post = {
        operationId: `receive${id}`,
        tags: ['native'],
        summary: type,
        description,
        security: [],
        parameters: DELIVERY_HEADERS.map(([name, text]) => {
          return { name, in: 'header', required: true, description: text, schema: { type: 'string' } };
        }),
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { allOf: [convert(schema, 'output', schemas), DELIVERED] } },
          },
        },
        responses: { '2XX': { description: 'Received. Anything else is a failure, and it is sent again.' } },
      };
      return [type, { post }];
    }),
  );
}
