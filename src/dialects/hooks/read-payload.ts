import type * as z from 'zod';
import type { Adjustment } from '../../domain/base/adjustment';
import { type Rejection, reject } from '../../domain/base/rejection';
import { isEnd } from '../../domain/door/ends';
import { readCreation } from '../../domain/door/read-creation';
import { readReport } from '../../domain/door/read-report';
import { Reading } from '../../domain/door/reading';
import type { Told } from '../../domain/door/told';
import { explain, type Mapped, type Mapping, mapPayload } from '../../domain/hook/hook-mapping';
import type { ArrivalContent } from '../../domain/hook/source';
import { toldOfMapped } from '../../domain/hook/told-of-mapped';
import { type CreateInput, createSchema, type Report, reportSchema } from '../../domain/job/command';
import { seedFrom } from '../../domain/job/new-job';
import { fieldErrors, REPORTED } from '../../http/field-errors';
import { checkJson } from '../../http/read-body';
import { checkReport } from '../report-limits';

/** A payload as what it asks for, valid by the schema and the limits of the same request over HTTP. */
export type PayloadReading = { mapped: Mapped; told: Told } & (
  | { action: 'create'; input: CreateInput }
  | { action: 'report'; report: Report; job: NonNullable<Mapped['job']> }
);

/**
 * Reads a payload by a mapping; `adjusted` is what of the payload itself is not as it came. A refusal names the field and
 * the place that its value comes from.
 */
export function readPayload(
  mapping: Mapping,
  sent: ArrivalContent,
  adjusted: readonly Adjustment[],
): PayloadReading | Rejection {
  const mapped = mapPayload(mapping, sent);
  if ('code' in mapped) return mapped;
  const explained = (rejection: Rejection) => withSources(rejection, mapping, sent);
  const unsound = checkJson(mapped.body);
  if (unsound !== null) return explained(unsound);
  const { job, body } = mapped;
  const reading = new Reading(job !== null && isEnd(body));
  const value =
    job === null
      ? readCreation(body, reading)
      : readReport(body, '', reading, 'job_id' in job ? job.job_id : job.job_key);
  const misfit = checkReport(value);
  if (misfit !== null) return explained(misfit);
  const told = reading.told(toldOfMapped(mapping.from, adjusted));
  if (job !== null) {
    const report = reportSchema.safeParse(value, REPORTED);
    if (!report.success) return explained(refusalOf(reportSchema, report.error));
    return { action: 'report', mapped, told, report: report.data, job };
  }
  const input = createSchema.safeParse(value, REPORTED);
  if (!input.success) return explained(refusalOf(createSchema, input.error));
  const seed = seedFrom(input.data);
  return 'code' in seed ? explained(seed) : { action: 'create', mapped, told, input: input.data };
}

function refusalOf(schema: z.ZodType, error: z.ZodError): Rejection {
  return reject('validation_failed', '', fieldErrors(schema, error));
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
