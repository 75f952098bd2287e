import type * as z from 'zod';
import type { Json, JsonObject } from '../../domain/base/json';
import { withDoubles } from '../../domain/base/json-text';
import { type Rejection, reject } from '../../domain/base/rejection';
import { explain, type Mapped, type Mapping, mapPayload } from '../../domain/hook/hook-mapping';
import { type CreateInput, createSchema, type Report, reportSchema } from '../../domain/job/command';
import { seedFrom } from '../../domain/job/new-job';
import { fieldErrors, REPORTED } from '../../http/field-errors';
import { checkJson } from '../../http/read-body';
import { checkReport } from '../report-limits';

/** A payload as what it asks for, valid by the schema and the limits of the same request over HTTP. */
export type Reading =
  | { action: 'create'; mapped: Mapped; input: CreateInput }
  | { action: 'report'; mapped: Mapped; report: Report; job: NonNullable<Mapped['job']> };

/** Reads a payload by a mapping. A refusal names the field and the pointer that its value comes from. */
export function readPayload(mapping: Mapping, payload: Json): Reading | Rejection {
  const taken = mapPayload(mapping, payload);
  if ('code' in taken) return taken;
  const mapped = { ...taken, body: withDoubles(taken.body) as JsonObject };
  const explained = (rejection: Rejection) => withSources(rejection, mapping, payload);
  const misfit = checkJson(mapped.body) ?? checkReport(mapped.body);
  if (misfit !== null) return explained(misfit);
  if (mapping.action === 'report') {
    const report = reportSchema.safeParse(mapped.body, REPORTED);
    if (!report.success) return explained(refusalOf(reportSchema, report.error));
    if (mapped.job === null) throw new Error('a hook that reports must say of which job');
    return { action: 'report', mapped, report: report.data, job: mapped.job };
  }
  const input = createSchema.safeParse(mapped.body, REPORTED);
  if (!input.success) return explained(refusalOf(createSchema, input.error));
  const seed = seedFrom(input.data);
  return 'code' in seed ? explained(seed) : { action: 'create', mapped, input: input.data };
}

function refusalOf(schema: z.ZodType, error: z.ZodError): Rejection {
  return reject('validation_failed', '', fieldErrors(schema, error));
}

function withSources({ code, detail, errors }: Rejection, mapping: Mapping, payload: Json): Rejection {
  const explained = explain(mapping, payload, errors ?? []);
  const [first] = explained;
  return reject(
    code,
    first === undefined ? detail : `${first.path || 'The body'} ${first.message}.`,
    explained,
  );
}
