import * as z from 'zod';
import { isObject, type JsonObject } from '../base/json';
import { shorten, text } from '../base/text';
import { boundDetails } from './details';

/** Distinct failed or warned entities tracked, of each kind. Source: behaviour §1. */
export const ENTITY_LIMIT = 10_000;
/** Error types with a total of their own; the rest share `other`. Source: behaviour §2. */
const ERROR_TYPE_LIMIT = 100;

/**
 * A JSON object of any fields, as it is: a record of Zod’s would leave `__proto__` out. The depth, the keys and the
 * numbers in it are checked at the door.
 */
export const jsonObject = z
  .unknown()
  .refine(isObject, { error: 'must be an object' })
  .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} })
  .transform((value) => value as JsonObject);

/** An error or a warning as a worker sends it. Source: contract A, `JobProgressErrorBody`. */
export const issueSchema = z
  .strictObject({
    entity_key: text(512),
    error_type: text(200),
    message: z
      .string()
      .meta({ description: 'Of more than 4,000 characters the first 1,000 and the last 2,999 are kept.' }),
    details: jsonObject.nullish().meta({
      description:
        'Over 4 KiB as JSON the longest strings are shortened in their middle until it fits; where that is not enough, it is {"truncated": true}.',
    }),
    entity_type: text(200).nullish().meta({ default: 'job' }),
    step: text(200).nullish(),
  })
  .meta({ id: 'JobProgressErrorBody' });
export type IssueInput = z.output<typeof issueSchema>;

/** An error or a warning as the job keeps it, in the shape of contract A's `JobErrorResponse`. */
export interface Issue {
  entity_key: string;
  entity_type: string;
  error_type: string;
  message: string;
  /** UTC with milliseconds. */
  timestamp: string;
  details: JsonObject | null;
  step: string | null;
}

export function toIssue(input: IssueInput, now: number): Issue {
  return {
    entity_key: input.entity_key,
    entity_type: input.entity_type ?? 'job',
    error_type: input.error_type,
    message: shorten(input.message),
    timestamp: new Date(now).toISOString(),
    details: input.details ? boundDetails(input.details) : null,
    step: input.step ?? null,
  };
}

/** The error that goes with a failure of the whole job. */
export function jobIssue(jobId: string, errorType: string, message: string, now: number): Issue {
  return toIssue({ entity_key: jobId, error_type: errorType, message }, now);
}

/** One failed or warned thing, counted once however often it is reported. */
export interface Entity {
  kind: 'error' | 'warning';
  entity_type: string;
  entity_key: string;
}

/** One text for each entity. */
export function entityId({ kind, entity_type, entity_key }: Entity): string {
  return JSON.stringify([kind, entity_type, entity_key]);
}

/** The entity an issue names, or null where it speaks of the job as a whole. */
export function entityOf(kind: Entity['kind'], issue: Issue): Entity | null {
  const { entity_type, entity_key } = issue;
  return entity_type === 'job' ? null : { kind, entity_type, entity_key };
}

/** The totals by type after some more errors. */
export function countErrorTypes(
  totals: readonly (readonly [string, number])[],
  errorTypes: readonly string[],
): readonly (readonly [string, number])[] {
  const counts = new Map(totals);
  for (const type of errorTypes) {
    const own = counts.size - (counts.has('other') ? 1 : 0);
    const bucket = counts.has(type) || own < ERROR_TYPE_LIMIT ? type : 'other';
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts];
}
