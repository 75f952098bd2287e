import * as z from 'zod';
import openapi from '../../openapi.json';
import { digestTag, REVALIDATED } from './conditional';
import { type Endpoint, jsonReply, openEndpoint, type TextReply } from './endpoint';

/** Written and tagged once: it is long, and anyone may ask for it. */
let written: TextReply | null = null;

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
    written ??= await writeDescription();
    return written;
  },
});

/** What is neither a tenant's nor the operator's. No credential, no object. */
export const SERVICE_ROUTES: readonly Endpoint[] = [health, description];

async function writeDescription(): Promise<TextReply> {
  const body = JSON.stringify(openapi);
  return { status: 200, body, headers: { ETag: await digestTag(body), 'Cache-Control': REVALIDATED } };
}
