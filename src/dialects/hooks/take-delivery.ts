import { reject } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { tell } from '../../domain/door/told';
import { holds } from '../../domain/hook/condition';
import { greet } from '../../domain/hook/handshake';
import type { InboundDelivery } from '../../domain/hook/read-claim';
import type { OpenHook, Verified } from '../../services/hooks/arrivals';
import { type DeliveryKey, deliveryKeys, type KeyedItem } from '../../services/hooks/delivery-key';
import { sha256 } from '../../services/ids/secrets';
import { createJob } from '../../services/jobs/create-job';
import { reportProgress } from '../../services/jobs/jobs';
import type { RequestKey } from '../../services/jobs/request-key';
import { tellUnit } from '../native/jobs/mapper';
import { answerItems, answerLine, answerOne, refused, type Taken } from './answer-delivery';
import { answerGreeting } from './greeting';
import { type Item, itemsOf } from './items';
import { readDelivery } from './read-delivery';
import { type PayloadReading, readPayload } from './read-payload';
import type { Received } from './schemas';
import { GREETED } from './to-arrival';

/** What a verified delivery comes to: a handshake, or what its payload asks for. */
export async function takeDelivery(
  hook: OpenHook,
  verified: Verified,
  { header, raw, url }: InboundDelivery,
  now: number,
): Promise<Taken> {
  const { mapping, customs } = hook;
  const read = readDelivery(raw, header('content-type'), mapping.answer === 'line');
  if ('code' in read) return refused(read);
  const { handshake } = customs;
  const greeting = handshake === undefined ? null : greet(handshake, read.json, header);
  if (greeting !== null) {
    const reply = await answerGreeting(greeting, hook);
    return { reply, arrival: { ...GREETED, status: reply.status } };
  }
  const items = itemsOf(mapping.each, read, header);
  if ('code' in items) return refused(items);
  const done = await doItems(hook, verified, () => sha256(raw), items, now);
  if (!done.ok) return refused(done.rejection);
  const [only] = done.value;
  if (mapping.each !== undefined) return answerItems(hook, done.value);
  if (only === undefined || !only.ok)
    return refused(only?.rejection ?? reject('internal', 'Nothing was done.'));
  return mapping.answer === 'line' ? answerLine(hook, only.value, url, now) : answerOne(hook, only.value);
}

/** Maps and does each item in its order, each for itself; refused as a whole where repeats can't be told now. */
async function doItems(
  hook: OpenHook,
  verified: Verified,
  bodyDigest: () => Promise<string>,
  given: readonly Item[],
  now: number,
): Promise<Result<Result<Received>[]>> {
  const { mapping } = hook;
  const readings = await Promise.all(
    given.map(({ sent, adjusted }) =>
      holds(mapping.when ?? [], sent) ? readPayload(hook.caller, mapping, sent, adjusted) : null,
    ),
  );
  const items = readings.flatMap((reading, index): (KeyedItem & { index: number })[] => {
    const one = given[index]?.sent;
    if (reading === null || 'code' in reading || one === undefined) return [];
    return [{ index, sent: one, place: mapping.each === undefined ? null : index, mapped: reading.mapped }];
  });
  const keys = await deliveryKeys(hook, verified, bodyDigest, items, now);
  if (!keys.ok) return keys;
  const keyAt = new Map(items.map(({ index }, at) => [index, keys.value[at] ?? null]));
  const done: Result<Received>[] = [];
  for (const [index, reading] of readings.entries()) {
    if (reading === null) done.push(ok({ ...IGNORED, action: mapping.action }));
    else if ('code' in reading) done.push({ ok: false, rejection: reading });
    else done.push(await doOne(hook, reading, keyAt.get(index) ?? null));
  }
  return ok(done);
}

const IGNORED = {
  job_id: null,
  applied: false,
  reason: 'ignored',
  applied_revision: null,
  replayed: false,
} as const;

async function doOne(hook: OpenHook, reading: PayloadReading, key: DeliveryKey): Promise<Result<Received>> {
  if (key !== null && 'code' in key) return { ok: false, rejection: key };
  if (reading.action === 'report') return report(hook, reading, key);
  const made = await createJob(hook.caller, reading.input, key, {});
  if (!made.ok) return made;
  const { created, view } = made.value;
  const { job_id } = view.summary;
  return ok({
    action: 'create',
    job_id,
    applied: true,
    applied_revision: 1,
    replayed: !created,
    ...(created ? tell(reading.told) : {}),
  });
}

async function report(
  { caller }: OpenHook,
  { read, jobId, told }: Extract<PayloadReading, { action: 'report' }>,
  key: RequestKey | null,
): Promise<Result<Received>> {
  const reported = await reportProgress(caller, jobId, read, key, {});
  if (!reported.ok) return reported;
  const { answer, view } = reported.value;
  if (answer.outcome === 'refused') return { ok: false, rejection: answer.rejection };
  const { applied, reason, revision: applied_revision, replayed } = answer;
  const skipped = reason === null ? {} : { reason };
  const { job_id } = view.summary;
  return ok({
    action: 'report',
    job_id,
    applied,
    ...skipped,
    applied_revision,
    replayed,
    ...tellUnit(told, answer, false),
  });
}
