import { type Rejection, reject } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { greet, isUnsignedPing } from '../../domain/hook/handshake';
import type { InboundDelivery } from '../../domain/hook/read-claim';
import { jsonReply, type RawCall, type Reply, type Served } from '../../http/endpoint';
import { originOf } from '../../http/origin';
import { PROBLEMS } from '../../http/problem';
import { type RawBody, readBody } from '../../http/read-body';
import { unauthenticated } from '../../services/access/authenticate';
import {
  deliveryKey,
  findHook,
  type OpenHook,
  recordArrival,
  type Verified,
} from '../../services/hooks/arrivals';
import { type Arrival, noSuchHook } from '../../services/hooks/hooks';
import { readHookPath } from '../../services/ids/hook-url';
import { createJob, keyedJobId } from '../../services/jobs/create-job';
import { reportProgress } from '../../services/jobs/jobs';
import { REPLAYED } from '../answer-unit';
import { answerGreeting, answerVisit } from './greeting';
import { readDelivery } from './read-delivery';
import { type Reading, readPayload } from './read-payload';
import type { Received } from './schemas';

/** The largest delivery (bytes): partners send what they have. */
export const DELIVERY_LIMIT = 8_388_608;

/**
 * Receives a delivery: the URL's MAC first, then what the request alone shows (size, coding), then the signature over the
 * raw bytes, and only then what the bytes say. Whoever fails at the URL or the signature gets one and the same 404.
 */
export async function receive({ env, config, params, request }: RawCall): Promise<Served> {
  const { organization_id = '', name = '', token = '' } = params;
  const ref = await readHookPath(config, organization_id, name, token);
  if (ref === null) return { outcome: noSuchHook(), caller: null };
  const now = Date.now();
  const keep = (arrival: Kept) => recordArrival(env, ref, { at: now, ...arrival });

  const raw = await readBody(request, DELIVERY_LIMIT);
  const unfit = 'code' in raw ? raw : refuseCoding(request.headers);
  if ('code' in raw || unfit !== null) {
    const rejection = unfit ?? reject('invalid_request', 'The body broke off.');
    await keep(refusedArrival(rejection));
    return { outcome: { rejection }, caller: null };
  }
  const found = await findHook(env, config, ref);
  if (!found.ok) return { outcome: { rejection: found.rejection }, caller: null };
  if (found.value === null) return { outcome: noSuchHook(), caller: null };
  const { hook, verify } = found.value;
  const delivery = toDelivery(request, raw, originOf(request.url, request.headers, config));
  const verified = await verify(delivery, now);
  if (typeof verified === 'string') {
    if (verified === 'signature_missing' && isUnsignedPing(hook.customs.handshake, delivery)) {
      await keep(GREETED);
      return { outcome: { status: 200, body: null }, caller: null };
    }
    const rejection = hook.customs.refuse_with === 401 ? unauthenticated() : noSuchHook().rejection;
    await keep({ ...refusedArrival(rejection), code: verified, detail: null });
    return { outcome: { rejection }, caller: null };
  }
  const { reply, arrival } = await take(hook, verified, delivery);
  await keep({ ...arrival, delivery_id: verified.id });
  return { outcome: reply, caller: hook.caller };
}

/** Answers a GET or HEAD of a hook's URL: a handshake, or the 405 that every other URL has. */
export async function visit({ env, config, params, request }: RawCall): Promise<Served> {
  const { organization_id = '', name = '', token = '' } = params;
  const ref = await readHookPath(config, organization_id, name, token);
  const found = ref === null ? ok(null) : await findHook(env, config, ref);
  if (!found.ok) return { outcome: { rejection: found.rejection }, caller: null };
  const reply = await answerVisit(found.value?.hook.customs.handshake, request.url);
  if (ref !== null && reply !== null) await recordArrival(env, ref, { at: Date.now(), ...GREETED });
  const refused = { rejection: reject('method_not_allowed', 'Deliveries come by POST.') };
  return { outcome: reply ?? { ...refused, headers: { Allow: 'POST' } }, caller: null };
}

type Kept = Omit<Arrival, 'at'>;
type Taken = { reply: Served['outcome']; arrival: Kept };

/** What a verified delivery comes to: a handshake, or what its payload asks for. */
async function take(hook: OpenHook, verified: Verified, { header, raw }: InboundDelivery): Promise<Taken> {
  const read = readDelivery(raw, header('content-type'), false);
  if (!read.ok) return { reply: read, arrival: refusedArrival(read.rejection) };
  const { handshake } = hook.customs;
  const greeting = handshake === undefined ? null : greet(handshake, read.value, header);
  if (greeting !== null) return { reply: await answerGreeting(greeting, hook), arrival: GREETED };
  const reading = readPayload(hook.mapping, read.value);
  const done =
    'code' in reading ? { ok: false as const, rejection: reading } : await act(hook, verified, reading);
  if (!done.ok) return { reply: { rejection: done.rejection }, arrival: refusedArrival(done.rejection) };
  return { reply: toReply(hook, done.value), arrival: acceptedArrival(done.value) };
}

/** Does what a verified delivery asks for. */
async function act(hook: OpenHook, verified: Verified, reading: Reading): Promise<Result<Received>> {
  const key = deliveryKey(hook, reading.mapped, verified);
  if (reading.action === 'report') return report(hook, reading, key);
  const made = await createJob(hook.caller, reading.input, key, {});
  if (!made.ok) return made;
  const { created, view } = made.value;
  const { job_id } = view.summary;
  return ok({ action: 'create', job_id, applied: true, applied_revision: 1, replayed: !created });
}

async function report(
  { caller }: OpenHook,
  { mapped, report, job }: Extract<Reading, { action: 'report' }>,
  key: ReturnType<typeof deliveryKey>,
): Promise<Result<Received>> {
  const jobId = 'job_id' in job ? job.job_id : await keyedJobId(caller, job.job_key);
  const reported = await reportProgress(caller, jobId, { report, raw: mapped.body }, key, {});
  if (!reported.ok) return reported;
  const { answer, view } = reported.value;
  if (answer.outcome === 'refused') return { ok: false, rejection: answer.rejection };
  const { applied, reason, revision: applied_revision, replayed } = answer;
  const skipped = reason === null ? {} : { reason };
  const { job_id } = view.summary;
  return ok({ action: 'report', job_id, applied, ...skipped, applied_revision, replayed });
}

/** 202 with what was done, replays too, or as the sender insists. */
function toReply({ customs }: OpenHook, done: Received): Reply {
  const status = customs.answer_with ?? 202;
  const headers = done.replayed ? REPLAYED : {};
  if (status === 204 || customs.bare) return { status, body: null, headers };
  return jsonReply(status, done, headers);
}

function toDelivery({ method, url, headers }: Request, raw: RawBody, origin: string): InboundDelivery {
  const { pathname, search } = new URL(url);
  return { method, url: `${origin}${pathname}${search}`, header: (name) => headers.get(name), raw };
}

function refuseCoding(headers: Headers): Rejection | null {
  return headers.has('Content-Encoding')
    ? reject('unsupported_media_type', 'Send the body without a Content-Encoding.')
    : null;
}

const NOTHING = { code: null, detail: null, errors: [], job_id: null, delivery_id: null };
const GREETED: Kept = { ...NOTHING, verdict: 'handshake', status: 200 };

function acceptedArrival({ job_id, applied, reason, replayed }: Received): Kept {
  const verdict = replayed ? 'replayed' : applied ? 'applied' : 'skipped';
  return { ...NOTHING, verdict, status: 202, code: reason ?? null, job_id };
}

function refusedArrival({ code, detail, errors }: Rejection): Kept {
  const { status } = PROBLEMS[code];
  return { ...NOTHING, verdict: 'refused', status, code, detail, errors: errors ?? [] };
}
