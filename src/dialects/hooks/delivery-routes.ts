import * as z from 'zod';
import { type Endpoint, rawEndpoint } from '../../http/endpoint';
import { DELIVERY_LIMIT, receive, visit } from './receive';
import * as schemas from './schemas';

const PERMISSION_HEADERS = {
  'WebHook-Allowed-Origin': 'The sender that asked.',
  'WebHook-Allowed-Rate': '`*`: any.',
};

const delivery = rawEndpoint({
  method: 'POST',
  path: '/hooks/:organization_id/:name/:token',
  id: 'receiveDelivery',
  summary: 'Where a partner’s webhook posts to',
  description:
    'Verified by the hook’s scheme on the raw bytes; a bad signature and an unknown hook are the same 404. A query is ignored.',
  body: { schema: z.unknown().meta({ description: 'Any JSON, or a form.' }), maxBytes: DELIVERY_LIMIT },
  replies: {
    200: {
      description: 'A handshake, or what was done, for a sender that takes no 202.',
      schema: z.unknown(),
    },
    201: {
      description: 'The report URL of a new job, as text.',
      schema: z.string(),
      contentType: 'text/plain',
    },
    202: { description: 'What was done, replays too.', schema: schemas.receivedResponse },
    204: { description: 'The same without a word.' },
  },
  refusals: [
    ...(['unauthenticated', 'organization_suspended', 'body_too_large'] as const),
    ...(['not_found', 'job_not_found', 'job_terminal', 'stale_sequence', 'idempotency_conflict'] as const),
    ...(['metadata_too_large', 'result_too_large', 'quota_exceeded', 'overloaded'] as const),
  ],
  receive,
});

const visited = rawEndpoint({
  method: 'GET',
  path: '/hooks/:organization_id/:name/:token',
  id: 'visitHook',
  summary: 'Where a partner asks first',
  description: 'For handshakes by GET or HEAD (Meta, Trello); a 405 wherever there is none.',
  replies: { 200: { description: 'The challenge.', schema: z.string(), contentType: 'text/plain' } },
  refusals: ['organization_suspended', 'method_not_allowed'],
  receive: visit,
});

const permitted = rawEndpoint({
  method: 'OPTIONS',
  path: '/hooks/:organization_id/:name/:token',
  id: 'permitDeliveries',
  summary: 'Where a sender of CloudEvents asks whether it may deliver',
  description:
    'For the handshake `event_grid`: `WebHook-Request-Origin` comes back as `WebHook-Allowed-Origin`. A 405 wherever there is none.',
  replies: { 200: { description: 'It may.', headers: PERMISSION_HEADERS } },
  refusals: ['organization_suspended', 'method_not_allowed'],
  receive: visit,
});

/** Those that partners call. */
export const DELIVERY_ROUTES: readonly Endpoint[] = [delivery, visited, permitted];
