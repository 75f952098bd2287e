import { isForNow, type Rejection } from '../../domain/base/rejection';
import type { Result } from '../../domain/base/result';
import { jsonReply, type Reply } from '../../http/endpoint';
import { PROBLEMS, type Refused } from '../../http/problem';
import { createToken } from '../../services/access/job-tokens';
import type { OpenHook } from '../../services/hooks/arrivals';
import { REPLAYED } from '../answer-unit';
import type { Received } from './schemas';
import { type ArrivalFields, acceptedArrival, arrivalOfItems, refusedArrival } from './to-arrival';

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };

/** The answer to a delivery, and what its arrival tells. */
export interface Taken {
  reply: Reply | Refused;
  arrival: ArrivalFields;
}

/** A refusal of the whole. */
export function refused(rejection: Rejection): Taken {
  return { reply: { rejection }, arrival: refusedArrival(rejection) };
}

/** 202 with what was done, replays too, or as the sender insists. */
export function answerOne({ customs }: OpenHook, done: Received): Taken {
  const status = customs.answer_with ?? 202;
  const headers = done.replayed ? REPLAYED : {};
  const arrival = acceptedArrival(done, status);
  if (status === 204 || customs.bare) return { reply: { status, body: null, headers }, arrival };
  return { reply: jsonReply(status, done, headers), arrival };
}

/** How long a job's report URL is good for (s). */
const LINE_LIFE = 2_592_000;

/** The report URL of the job as a line of text, for a script to write to; nothing where no job was made. */
export async function answerLine(hook: OpenHook, done: Received, url: string, now: number): Promise<Taken> {
  if (done.job_id === null) {
    return { reply: { status: 202, body: '', headers: TEXT }, arrival: acceptedArrival(done, 202) };
  }
  const asked = { scope: 'report' as const, seconds: LINE_LIFE, allowGet: false };
  const made = await createToken(hook.caller, done.job_id, asked, now);
  // The job is there without its worker: whoever asks again by the same key gets the URL, and no other job.
  if (!made.ok) return refused(made.rejection);
  const status = done.replayed ? 200 : 201;
  const { origin } = new URL(url);
  const headers = { ...TEXT, ...(done.replayed ? REPLAYED : {}) };
  const reply = { status, body: `${origin}/r/${made.value.token}\n`, headers };
  return { reply, arrival: acceptedArrival(done, status) };
}

/**
 * All verdicts. One that is refused for now makes it a 503, so that the sender repeats it all and what is done replays;
 * where everything was refused it is what the first was.
 */
export function answerItems({ customs }: OpenHook, done: readonly Result<Received>[]): Taken {
  const rejections = done.flatMap((one) => (one.ok ? [] : [one.rejection]));
  const verdicts = done.map((one) => (one.ok ? one.value : toRefusal(one.rejection)));
  const later = forNow(rejections.find(isForNow));
  const rejection = later ?? (rejections.length === done.length ? rejections[0] : undefined);
  const status = rejection === undefined ? (customs.answer_with ?? 202) : PROBLEMS[rejection.code].status;
  const arrival = { ...arrivalOfItems(done, status), ...firstRefusal(rejections) };
  if (rejection !== undefined) return { reply: { rejection, extra: { verdicts } }, arrival };
  if (status === 204 || customs.bare) return { reply: { status, body: null }, arrival };
  return { reply: jsonReply(status, { verdicts }), arrival };
}

/** As a 503, whatever it was: what is done is to be repeated with the rest. */
function forNow(rejection: Rejection | undefined): Rejection | undefined {
  if (rejection === undefined || PROBLEMS[rejection.code].status === 503) return rejection;
  return { ...rejection, code: rejection.code === 'rate_limited' ? 'overloaded' : 'unavailable' };
}

function toRefusal({ code, detail, errors }: Rejection) {
  return {
    applied: false,
    status: PROBLEMS[code].status,
    code,
    detail,
    ...(errors === undefined ? {} : { errors }),
  };
}

/** What an arrival of many tells of the first that was refused. */
function firstRefusal([rejection]: Rejection[]): Partial<ArrivalFields> {
  return rejection === undefined
    ? {}
    : { code: rejection.code, detail: rejection.detail, errors: rejection.errors ?? [] };
}
