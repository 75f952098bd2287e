import type { AuditTrace } from '../../domain/audit/audit-record';
import { invalidField } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import { checkDestination, destinationPolicy } from '../../domain/webhook/destination';
import { askedFirst, owesAnswer } from '../../domain/webhook/first-answer';
import type { OwnHeaders } from '../../domain/webhook/own-headers';
import { secretText } from '../../domain/webhook/signature';
import { CHANGE_LIFE, type Delivery, type StoredWebhook, type Webhook } from '../../domain/webhook/webhook';
import { orgObject, webhookObject } from '../../objects/address';
import { headersContext, SecretBox, secretContext } from '../../objects/kit/secret-box';
import type { OrgObject, WebhookChange } from '../../objects/org/contract';
import type { DeliveryFilter, DeliveryPage } from '../../objects/webhook/contract';
import { type Caller, makerOf, type Seeker } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { askObject } from '../ask-object';
import { sealCursor } from '../ids/cursor';
import { isOwnWebhookId, mintWebhookId } from '../ids/webhook-id';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';
import { refuseWithoutRoom } from '../room';

export type { Delivery, Webhook };

/** What its owner says of an endpoint. */
export type WebhookInput = Pick<Webhook, 'url' | 'event_types' | 'job_types' | 'description' | 'enabled'> &
  Required<Pick<Webhook, 'statuses' | 'format'>> & {
    /** Its own headers, all of them; null for none. */
    headers: OwnHeaders | null;
  };

const SECRET_BYTES = 32;

/** Makes an endpoint that is told everything from here on. The secret is in this answer alone. */
export async function createWebhook(
  caller: Caller,
  input: WebhookInput,
  host: string,
  trace: AuditTrace,
): Promise<Result<Webhook & { secret: string }>> {
  const { env, config, principal } = caller;
  const bad = refuseDestination(caller, input.url, host) ?? refuseWithoutRoom(env);
  if (bad !== null) return bad;
  const webhook_id = await mintWebhookId(config, principal.organization);
  const { secret, sealed } = await newSecret(caller, webhook_id);
  const { headers, ...settings } = input;
  const now = Date.now();
  const webhook: StoredWebhook = {
    webhook_id,
    ...settings,
    ...(await sealHeaders(caller, webhook_id, headers)),
    created_at: now,
    created_by: makerOf(principal),
    disabled: null,
    paused_at: input.enabled ? null : now,
    ...askedFirst(now),
    secrets: [{ sealed, until: null }],
    served_at: host,
    disablings: 0,
  };
  // Its object begins first: what its organization keeps has a place in the feed, and what is not kept gives itself up.
  const object = () => webhookObject(env, principal.organization, webhook_id);
  const begun = await askObject(() => object().begin(shardsOf(caller).length), true);
  if (!begun.ok) return begun;
  const org = () => orgObject(env, principal.organization);
  const added = await askObject(() => org().addWebhook(webhook, trace), false);
  if (!added.ok) return added;
  if (added.value === true) {
    // Its test goes out at once. Should it not hear of it, it does when its alarm looks whether it was kept.
    await askObject(() => object().poke(null), true);
    return ok({ ...webhook, secret });
  }
  await askObject(() => object().erase(), true);
  if (typeof added.value === 'object') return { ok: false, rejection: added.value };
  return added.value === 'late'
    ? refuse('overloaded', 'The endpoint could not be made in time. Try again shortly.')
    : refuse('quota_exceeded', 'There are as many endpoints as there may be: delete one first.');
}

/** What the cursors of the list of endpoints belong to. */
export const WEBHOOKS = 'webhooks';

/** A page of the endpoints, oldest first. */
export async function listWebhooks(
  { env, config, principal: { organization } }: Caller,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<Webhook>>> {
  const found = await askObject(() => orgObject(env, organization).webhooks(), true);
  if (!found.ok) return found;
  const after = position as WebhookPlace | null;
  const rest = after === null ? found.value : found.value.filter((webhook) => isBehind(webhook, after));
  const scope = cursorScope(organization, WEBHOOKS);
  const page = await toPage(rest.slice(0, limit + 1), limit, ({ created_at, webhook_id }) =>
    sealCursor(config, scope, { created_at, webhook_id }),
  );
  return ok(page);
}

type WebhookPlace = Pick<Webhook, 'created_at' | 'webhook_id'>;

function isBehind({ created_at, webhook_id }: WebhookPlace, after: WebhookPlace): boolean {
  return created_at > after.created_at || (created_at === after.created_at && webhook_id > after.webhook_id);
}

export async function getWebhook(caller: Caller, webhookId: string): Promise<Result<Webhook>> {
  return withOrg(caller, webhookId, (org) => org.webhook(webhookId));
}

/** Changes what `change` names: effective at once. */
export async function changeWebhook(
  caller: Caller,
  webhookId: string,
  change: Partial<WebhookInput>,
  host: string,
  trace: AuditTrace,
): Promise<Result<Webhook>> {
  const bad = change.url === undefined ? null : refuseDestination(caller, change.url, host);
  if (bad !== null) return bad;
  const { headers, ...settings } = change;
  const whole: WebhookChange = {
    ...settings,
    ...(change.url === undefined ? {} : { served_at: host }),
    ...(headers === undefined ? {} : await sealHeaders(caller, webhookId, headers)),
  };
  const make = (org: Keeper, by?: number) => org.changeWebhook(webhookId, whole, trace, by);
  // One that is paused has nothing to do but to stop: it looks before each step.
  const changed = await (change.enabled === false ? withOrg : foretold)(caller, webhookId, make);
  if (!changed.ok) return changed;
  if ('code' in changed.value) return { ok: false, rejection: changed.value };
  return told(caller, webhookId, changed.value);
}

/** A new secret; the one before signs beside it for a day. */
export async function rotateWebhook(
  caller: Caller,
  webhookId: string,
  trace: AuditTrace,
): Promise<Result<Webhook & { secret: string }>> {
  const { secret, sealed } = await newSecret(caller, webhookId);
  const rotated = await withOrg(caller, webhookId, (org) => org.rotateWebhook(webhookId, sealed, trace));
  if (!rotated.ok) return rotated;
  if ('code' in rotated.value) return { ok: false, rejection: rotated.value };
  return told(caller, webhookId, { ...rotated.value, secret });
}

/** Nothing is sent from here on. Repeated, it finishes what was begun. */
export async function deleteWebhook(
  caller: Seeker,
  webhookId: string,
  trace: AuditTrace,
): Promise<Result<null>> {
  const { env, principal } = caller;
  const removed = await foretold(caller, webhookId, async (org, by) => ({
    was: await org.removeWebhook(webhookId, trace, by),
  }));
  if (!removed.ok) return removed;
  const { was } = removed.value;
  if (typeof was === 'object') return { ok: false, rejection: was };
  const erased = await askObject(() => webhookObject(env, principal.organization, webhookId).erase(), true);
  if (!erased.ok) return erased;
  return was ? ok(null) : noSuchWebhook();
}

/** Queues a message that shows whether the endpoint is reached. */
export async function testWebhook(caller: Caller, webhookId: string): Promise<Result<Delivery>> {
  const webhook = await getWebhook(caller, webhookId);
  return webhook.ok ? toEnabled(caller, webhook.value, (object) => object.sendTest()) : webhook;
}

/** A page of deliveries before the `before`th, newest first. It looks at so many of them and no more. */
export async function listDeliveries(
  caller: Caller,
  webhookId: string,
  filter: DeliveryFilter,
  before: number | null,
  limit: number,
): Promise<Result<DeliveryPage>> {
  const webhook = await getWebhook(caller, webhookId);
  if (!webhook.ok) return webhook;
  const { env, principal } = caller;
  const object = () => webhookObject(env, principal.organization, webhookId);
  const found = await askObject(() => object().deliveries(filter, before, limit, true), true);
  return found.ok ? ok(Array.isArray(found.value) ? pageOf(found.value, limit) : found.value) : found;
}

/** What the object of an older build answers: a list. */
function pageOf(deliveries: Delivery[], limit: number): DeliveryPage {
  return { deliveries, next: deliveries.length < limit ? null : (deliveries.at(-1)?.n ?? null) };
}

/** Sends a delivery again, now: the same id and the same body. */
export async function redeliver(caller: Caller, webhookId: string, n: number): Promise<Result<Delivery>> {
  const webhook = await getWebhook(caller, webhookId);
  if (!webhook.ok) return webhook;
  if (webhook.value.enabled && owesAnswer(webhook.value)) return unanswered();
  return toEnabled(caller, webhook.value, (object) => object.redeliver(n));
}

async function toEnabled(
  { env, principal }: Caller,
  { webhook_id, enabled }: Webhook,
  work: (object: ReturnType<typeof webhookObject>) => Promise<Delivery | null>,
): Promise<Result<Delivery>> {
  if (!enabled) return refuse('webhook_disabled', 'This endpoint is disabled. Enable it to send to it.');
  const done = await askObject(() => work(webhookObject(env, principal.organization, webhook_id)), true);
  if (!done.ok) return done;
  return done.value === null ? refuse('not_found', 'There is no such delivery.') : ok(done.value);
}

/** The organization's object, as far as it keeps endpoints. */
type Keeper = Pick<OrgObject, 'webhook' | 'changeWebhook' | 'rotateWebhook' | 'removeWebhook'>;

/**
 * Makes a change by `by` (ms) that the endpoint's object must learn of. It is told first that one is to come: whatever breaks
 * off between the change and the poke that tells of it, the object looks for itself.
 */
async function foretold<Value>(
  caller: Seeker,
  webhookId: string,
  ask: (org: Keeper, by: number) => Promise<Value | null>,
): Promise<Result<Value>> {
  const { env, config, principal } = caller;
  if (!(await isOwnWebhookId(config, principal.organization, webhookId))) return noSuchWebhook();
  const by = Date.now() + CHANGE_LIFE / 2;
  const object = () => webhookObject(env, principal.organization, webhookId);
  const expected = await askObject(() => object().poke(null, CHANGE_LIFE), true);
  return expected.ok ? askOrg(caller, (org) => ask(org, by)) : expected;
}

/** Calls the organization's object for an endpoint whose id was made here; null there is a 404. */
async function withOrg<Value>(
  caller: Seeker,
  webhookId: string,
  ask: (org: Keeper) => Promise<Value | null>,
): Promise<Result<Value>> {
  const isOwn = await isOwnWebhookId(caller.config, caller.principal.organization, webhookId);
  return isOwn ? askOrg(caller, ask) : noSuchWebhook();
}

async function askOrg<Value>(
  { env, principal }: Seeker,
  ask: (org: Keeper) => Promise<Value | null>,
): Promise<Result<Value>> {
  const answer = await askObject(() => ask(orgObject(env, principal.organization)), false);
  if (!answer.ok) return answer;
  return answer.value === null ? noSuchWebhook() : ok(answer.value);
}

/** The endpoint looks at its settings anew before its next step; should it not hear, it does so within 30 seconds. */
async function told<Value>(
  { env, principal }: Caller,
  webhookId: string,
  value: Value,
): Promise<Result<Value>> {
  const poked = await askObject(() => webhookObject(env, principal.organization, webhookId).poke(null), true);
  return poked.ok ? ok(value) : poked;
}

async function newSecret({ config, principal }: Caller, webhookId: string) {
  const secret = secretText(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
  const sealed = await new SecretBox(config).seal(secret, secretContext(principal.organization, webhookId));
  return { secret, sealed };
}

/** An endpoint's own headers as its organization keeps them: sealed, and their names to be shown. */
async function sealHeaders(
  { config, principal }: Caller,
  webhookId: string,
  headers: OwnHeaders | null,
): Promise<Required<Pick<StoredWebhook, 'header_names' | 'sealed_headers'>>> {
  const header_names = Object.keys(headers ?? {});
  if (header_names.length === 0) return { header_names, sealed_headers: null };
  const context = headersContext(secretContext(principal.organization, webhookId));
  return { header_names, sealed_headers: await new SecretBox(config).seal(JSON.stringify(headers), context) };
}

function refuseDestination(
  { env }: Caller,
  url: string,
  host: string,
): { ok: false; rejection: ReturnType<typeof invalidField> } | null {
  const policy = destinationPolicy(env);
  const destination = checkDestination(url, { ...policy, ownHosts: [...policy.ownHosts, host] });
  return destination.ok ? null : { ok: false, rejection: invalidField('url', destination.reason) };
}

function unanswered(): ReturnType<typeof refuse> {
  return refuse(
    'webhook_unanswered',
    'This endpoint has yet to answer its endpoint.test by a 2xx. Let it, and send it again by POST …/test.',
  );
}

function noSuchWebhook(): ReturnType<typeof refuse> {
  return refuse('not_found', 'There is no such webhook.');
}
