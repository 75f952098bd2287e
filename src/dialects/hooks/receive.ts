import { reject } from '../../domain/base/rejection';
import { ok } from '../../domain/base/result';
import { isUnsignedPing } from '../../domain/hook/handshake';
import type { InboundDelivery } from '../../domain/hook/read-claim';
import type { RawCall, Served } from '../../http/endpoint';
import { originServing } from '../../http/origin';
import { refuseEncoding } from '../../http/parse-body';
import { type RawBody, readBody } from '../../http/read-body';
import { unauthenticated } from '../../services/access/authenticate';
import { findHook, recordArrival } from '../../services/hooks/arrivals';
import { noSuchHook } from '../../services/hooks/hooks';
import { readHookPath } from '../../services/ids/hook-url';
import { answerVisit, isProvenByVisit } from './greeting';
import { takeDelivery } from './take-delivery';
import { type ArrivalFields, GREETED, refusedArrival } from './to-arrival';

/** The largest delivery (bytes): partners send what they have. */
export const DELIVERY_LIMIT = 8_388_608;

/**
 * Receives a delivery: the URL first, then what the request alone shows (size, coding), then the signature over the raw
 * bytes, and only then what the bytes say. Whoever fails at the URL or the signature gets one and the same 404.
 */
export async function receive(call: RawCall): Promise<Served> {
  const { env, config, params, incoming: request } = call;
  const { organization_id = '', name = '', token = '' } = params;
  const address = await readHookPath(config, organization_id, name, token);
  if (address === null) return { outcome: noSuchHook(), caller: null };
  const { ref } = address;
  // Who has the URL may be anyone: what comes by it is counted apart from what the organization's own callers send. It may
  // take minutes, and is judged by what holds once all of it is there.
  const sender = `deliveries to ${ref.organization}`;
  const raw = await readBody(request, DELIVERY_LIMIT, sender, call);
  const now = Date.now();
  const content_type = request.headers.get('Content-Type')?.slice(0, 100) ?? null;
  const keep = (arrival: ArrivalFields, proven = false) =>
    recordArrival(env, ref, { at: now, content_type, ...arrival }, proven);

  const found = await findHook(env, config, address, now);
  if (!found.ok) return { outcome: { rejection: found.rejection }, caller: null };
  if (found.value === null) return { outcome: noSuchHook(), caller: null };
  const body = 'code' in raw ? raw : (refuseEncoding(request.headers) ?? raw);
  if ('code' in body) {
    await keep(refusedArrival(body));
    return { outcome: { rejection: body }, caller: null };
  }
  const { hook, servedAt, shut, verify } = found.value;
  const origin = originServing(servedAt, request.url, request.headers, config);
  const delivery = toDelivery(request, body, origin);
  const verified = await verify(delivery, now);
  if (typeof verified === 'string') {
    const pings = verified === 'signature_missing' && isUnsignedPing(hook.customs.handshake, delivery);
    if (pings && shut === null) {
      await keep(GREETED);
      return { outcome: { status: 200, body: null }, caller: null };
    }
    const rejection = hook.customs.refuse_with === 401 ? unauthenticated() : noSuchHook().rejection;
    await keep({ ...refusedArrival(rejection), code: verified, detail: null });
    return { outcome: { rejection }, caller: null };
  }
  // Whether an organization is served is nobody's to learn who can't prove to be its partner.
  if (shut !== null) {
    await keep({ ...refusedArrival(shut), delivery_id: verified.id }, true);
    return { outcome: { rejection: shut }, caller: null };
  }
  const { reply, arrival } = await takeDelivery(hook, verified, delivery, now);
  await keep({ ...arrival, delivery_id: verified.id }, true);
  return { outcome: reply, caller: hook.caller };
}

/** Answers a GET, HEAD or OPTIONS of a hook's URL: a handshake, or the 405 that every other URL has. */
export async function visit({ env, config, params, incoming: request }: RawCall): Promise<Served> {
  const { organization_id = '', name = '', token = '' } = params;
  const address = await readHookPath(config, organization_id, name, token);
  const now = Date.now();
  const found = address === null ? ok(null) : await findHook(env, config, address, now);
  if (!found.ok) return { outcome: { rejection: found.rejection }, caller: null };
  const customs = found.value?.hook.customs;
  const reply = await answerVisit(customs?.handshake, request);
  const shut = found.value?.shut ?? null;
  if (reply !== null && shut !== null) return { outcome: { rejection: shut }, caller: null };
  if (address !== null && customs !== undefined && reply !== null) {
    await recordArrival(env, address.ref, { at: now, ...GREETED }, isProvenByVisit(customs));
  }
  const refused = { rejection: reject('method_not_allowed', 'Deliveries come by POST.') };
  return { outcome: reply ?? { ...refused, headers: { Allow: 'POST' } }, caller: null };
}

function toDelivery({ method, url, headers }: Request, raw: RawBody, origin: string): InboundDelivery {
  const { pathname, search } = new URL(url);
  return { method, url: `${origin}${pathname}${search}`, header: (name) => headers.get(name), raw };
}
