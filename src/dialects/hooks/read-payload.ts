import type { Adjustment } from '../../domain/base/adjustment';
import type { Json } from '../../domain/base/json';
import { type Rejection, reject } from '../../domain/base/rejection';
import { isEnd } from '../../domain/door/ends';
import { readCreation } from '../../domain/door/read-creation';
import { Reading } from '../../domain/door/reading';
import type { Told } from '../../domain/door/told';
import { explain, type Mapped, type Mapping, mapPayload } from '../../domain/hook/hook-mapping';
import type { ArrivalContent } from '../../domain/hook/source';
import { toldOfMapped } from '../../domain/hook/told-of-mapped';
import { type CreateInput, createSchema } from '../../domain/job/command';
import { seedFrom } from '../../domain/job/new-job';
import { BODY_LIMIT } from '../../http/endpoint';
import { fieldErrors, REPORTED, refuseBody } from '../../http/field-errors';
import { checkJson } from '../../http/parse-body';
import type { Caller } from '../../services/access/caller';
import { keyedJobId } from '../../services/jobs/create-job';
import type { ReadReport } from '../../services/jobs/report-unit';
import { checkReport, END_LIMIT } from '../report-limits';
import { takeOne } from '../take-one';

/** A payload as what it asks for, valid by the schema and the limits of the same request over HTTP. */
export type PayloadReading = { mapped: Mapped; told: Told } & (
  | { action: 'create'; input: CreateInput }
  | { action: 'report'; read: ReadReport; jobId: string }
);

/**
 * Reads a payload by a mapping, for whom the hook acts for; `adjusted` is what of the payload itself is not as it came. A
 * refusal names the field and the place that its value comes from.
 */
export async function readPayload(
  caller: Caller,
  mapping: Mapping,
  sent: ArrivalContent,
  adjusted: readonly Adjustment[],
): Promise<PayloadReading | Rejection> {
  const mapped = mapPayload(mapping, sent);
  if ('code' in mapped) return mapped;
  const { job } = mapped;
  const before = toldOfMapped(mapping.from, adjusted);
  const read =
    job === null
      ? creationOf(mapped, before)
      : reportOf(mapped, before, 'job_id' in job ? job.job_id : await keyedJobId(caller, job.job_key));
  return 'code' in read ? withSources(read, mapping, sent) : read;
}

/** A report is taken as by every other door: beside an end, what can be taken. */
function reportOf(mapped: Mapped, before: readonly Adjustment[], jobId: string): PayloadReading | Rejection {
  const reading = new Reading(isEnd(mapped.body));
  const taken = takeOne(mapped.body, reading, '', jobId);
  if (!taken.ok) return refuseBody(taken.errors);
  const read = taken.data;
  const misfit = checkReport(read.report as Json, '', reading.ends ? END_LIMIT : BODY_LIMIT);
  return misfit ?? { action: 'report', mapped, told: reading.told(before), read, jobId };
}

function creationOf(mapped: Mapped, before: readonly Adjustment[]): PayloadReading | Rejection {
  const unsound = checkJson(mapped.body);
  if (unsound !== null) return unsound;
  const reading = new Reading(false);
  const value = readCreation(mapped.body, reading);
  const misfit = checkReport(value);
  if (misfit !== null) return misfit;
  const input = createSchema.safeParse(value, REPORTED);
  if (!input.success) return refuseBody(fieldErrors(createSchema, input.error));
  const seed = seedFrom(input.data);
  if ('code' in seed) return seed;
  return { action: 'create', mapped, told: reading.told(before), input: input.data };
}

function withSources({ code, detail, errors }: Rejection, mapping: Mapping, sent: ArrivalContent): Rejection {
  const explained = explain(mapping, sent, errors ?? []);
  const [first] = explained;
  return reject(
    code,
    first === undefined ? detail : `${first.path || 'The body'} ${first.message}.`,
    explained,
  );
}
