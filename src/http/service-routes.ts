import * as z from 'zod';
import openapi from '../../openapi.json';
import { type Endpoint, jsonReply, openEndpoint } from './endpoint';

const health = openEndpoint('open', {
  method: 'GET',
  path: '/healthz',
  id: 'health',
  summary: 'Whether the service answers',
  replies: { 200: { description: 'It does.', schema: z.object({ status: z.literal('ok') }) } },
  async handle() {
    return jsonReply(200, { status: 'ok' });
  },
});

const description = openEndpoint('open', {
  method: 'GET',
  path: '/openapi.json',
  id: 'openapi',
  summary: 'This description, OpenAPI 3.1',
  replies: { 200: { description: 'The description.', schema: z.record(z.string(), z.unknown()) } },
  async handle() {
    return jsonReply(200, openapi);
  },
});

/** What is neither a tenant's nor the operator's. No credential, no object. */
export const SERVICE_ROUTES: readonly Endpoint[] = [health, description];
