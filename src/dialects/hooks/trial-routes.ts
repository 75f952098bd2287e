import * as z from 'zod';
import { trialSchema } from '../../domain/hook/trial';
import { BODY_LIMIT, type Endpoint, tenantEndpoint } from '../../http/endpoint';
import { originServing } from '../../http/origin';
import { openHook } from '../../services/hooks/arrivals';
import { draftHook } from '../../services/hooks/draft-hook';
import * as schemas from './schemas';
import { senderShown, shownDelivery, toSender, tryDelivery } from './try-delivery';

const TRIAL_DOC = { 200: { description: 'What it would do.', schema: schemas.tryResponse } };
const TOO_LARGE = ['metadata_too_large', 'result_too_large'] as const;

const saved = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: '/api/hooks/:hook_id/test',
  id: 'testHook',
  also: 'job:create',
  summary: 'See what a sample payload would do',
  description:
    'Body and headers are those that its sender would send, but for Authorization and Cookie, which are yours; of an array of items the first is tried. Nothing is done or kept; a payload that would be refused is refused here alike.',
  body: {
    schema: z.unknown().meta({ description: 'Any JSON, or a form.' }),
    raw: true,
    optional: true,
    maxBytes: BODY_LIMIT,
  },
  replies: TRIAL_DOC,
  refusals: ['not_found', ...TOO_LARGE, 'overloaded'],
  async handle({ params, incoming, raw, config }, caller) {
    const found = await openHook(caller, params.hook_id ?? '');
    if (!found.ok) return { rejection: found.rejection };
    const origin = originServing(found.value.servedAt, incoming.url, incoming.headers, config);
    const url = new URL(await found.value.path(), origin).href;
    const delivery = shownDelivery(incoming, raw, url);
    return tryDelivery(found.value.hook, delivery, await senderShown(found.value, delivery, Date.now()));
  },
});

const unsaved = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: '/api/hooks/test',
  id: 'testNewHook',
  also: 'job:create',
  summary: 'See what a hook would do before it is made',
  description:
    'The hook as it would be created, and a delivery with its body as text and all of its headers. No hook is made, nothing is done or kept; a hook or a payload that would be refused is refused here alike.',
  body: { schema: trialSchema, maxBytes: BODY_LIMIT },
  replies: TRIAL_DOC,
  refusals: [...TOO_LARGE],
  async handle({ body: { hook: given, ...sent }, incoming }, caller) {
    const hook = draftHook(caller, given);
    const headers = new Headers(Object.entries(sent.headers ?? {}));
    const raw = new TextEncoder().encode(sent.body ?? '');
    const delivery = {
      method: 'POST',
      url: incoming.url,
      header: (name: string) => headers.get(name),
      raw,
    };
    const verified = await hook.verify(delivery, Date.now());
    return tryDelivery(hook, delivery, verified === null ? null : toSender(verified));
  },
});

/** Those by which a hook is tried, before it is made and after. */
export const TRIAL_ROUTES: readonly Endpoint[] = [unsaved, saved];
