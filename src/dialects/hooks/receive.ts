import { type Rejection, reject } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { BODY_LIMIT, jsonReply, type RawCall, type Reply, type Served } from '../../http/endpoint';
import { PROBLEMS } from '../../http/problem';
import { ANY_JSON_TYPE, checkMediaType, parseBody, type RawBody, readBody } from '../../http/read-body';
import {
  deliveryKey,
  type OpenHook,
  openHook,
  recordArrival,
  type Verified,
} from '../../services/hooks/arrivals';
import { type Arrival, noSuchHook } from '../../services/hooks/hooks';
import { readHookPath } from '../../services/ids/hook-url';
import { createJob, keyedJobId } from '../../services/jobs/create-job';
import { reportProgress } from '../../services/jobs/jobs';
import { REPLAYED } from '../answer-unit';
import { type Reading, readPayload } from './read-payload';
import type { Received } from './schemas';

/**
 * Receives a delivery: the URL's MAC first, then what the request alone shows (size, type), then the signature over the raw
 * bytes, and only then what the bytes say. Whoever fails at the URL or the signature gets one and the same 404.
 */
export async function receive({ env, config, params, request }: RawCall): Promise<Served> {
  const { organization_id = '', name = '', token = '' } = params;
  const ref = await readHookPath(config, organization_id, name, token);
  if (ref === null) return { outcome: noSuchHook(), caller: null };
  const now = Date.now();
  const keep = (arrival: Omit<Arrival, 'at'>) => recordArrival(env, ref, { at: now, ...arrival });

  const raw = await readBody(request, BODY_LIMIT);
  const unfit = 'code' in raw ? raw : checkMediaType(request.headers, raw, false, ANY_JSON_TYPE);
  if ('code' in raw || unfit !== null) {
    const rejection = unfit ?? reject('invalid_request', 'The body broke off.');
    await keep(refusedArrival(rejection));
    return { outcome: { rejection }, caller: null };
  }
  const delivery = { header: (header: string) => request.headers.get(header), raw };
  const opened = await openHook(env, config, ref, delivery, now);
  if (!opened.ok) return { outcome: { rejection: opened.rejection }, caller: null };
  if (typeof opened.value === 'string') {
    const { rejection } = noSuchHook();
    const fault = { ...refusedArrival(rejection), code: opened.value, detail: null };
    if (opened.value !== 'no_hook') await keep(fault);
    return { outcome: { rejection }, caller: null };
  }
  const { hook, verified } = opened.value;
  const done = await act(hook, verified, raw);
  const arrival = done.ok ? acceptedArrival(done.value) : refusedArrival(done.rejection);
  await keep({ ...arrival, delivery_id: verified.id });
  return { outcome: done.ok ? toReply(done.value) : { rejection: done.rejection }, caller: hook.caller };
}

/** Does what a verified delivery asks for. */
async function act(hook: OpenHook, verified: Verified, raw: RawBody): Promise<Result<Received>> {
  const parsed = parseBody(raw, false);
  if ('code' in parsed) return { ok: false, rejection: parsed };
  const reading = readPayload(hook.mapping, parsed.json);
  if ('code' in reading) return { ok: false, rejection: reading };
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

/** 202 with what was done, replays too. */
function toReply(done: Received): Reply {
  return jsonReply(202, done, done.replayed ? REPLAYED : {});
}

function acceptedArrival({ job_id, applied, reason, replayed }: Received): Omit<Arrival, 'at'> {
  const verdict = replayed ? 'replayed' : applied ? 'applied' : 'skipped';
  return {
    ...{ verdict, status: 202, code: reason ?? null, detail: null, errors: [] },
    job_id,
    delivery_id: null,
  };
}

function refusedArrival({ code, detail, errors }: Rejection): Omit<Arrival, 'at'> {
  const { status } = PROBLEMS[code];
  return {
    ...{ verdict: 'refused', status, code, detail, errors: errors ?? [] },
    job_id: null,
    delivery_id: null,
  };
}
