import * as z from 'zod';
import { text } from '../base/text';
import { JOB_TYPE_LENGTH } from '../job/job-type';
import { longestLife } from './token';

/** What a filter token opens of each job that its filter lets through: its pictures, or its reads, lists and feed too. */
export const FILTER_TOKEN_SCOPES = ['picture', 'read'] as const;
export type FilterTokenScope = (typeof FILTER_TOKEN_SCOPES)[number];

/** The jobs that there are for a token: of a type, with a tag, or both; null for any. */
export interface JobFilter {
  job_type: string | null;
  tag: string | null;
}

/** A token for every job that its filter lets through, as its organization keeps it, without its secret. Times in ms since 1970. */
export interface FilterToken {
  token_id: string;
  /** The key that made it: it may no more than the key may, and is gone with it. */
  key_id: string;
  scope: FilterTokenScope;
  filter: JobFilter;
  created_at: number;
  expires_at: number;
}

/** The body of `POST /api/tokens`. */
export const filterTokenSchema = z
  .strictObject({
    scope: z.enum(FILTER_TOKEN_SCOPES),
    filter: z
      .strictObject({ job_type: text(JOB_TYPE_LENGTH, 1).nullish(), tag: text(128, 1).nullish() })
      .refine(({ job_type, tag }) => (job_type ?? tag ?? null) !== null, {
        error: 'must name a job_type or a tag',
      })
      .transform(({ job_type, tag }): JobFilter => ({ job_type: job_type ?? null, tag: tag ?? null })),
    expires_in: z
      .int()
      .min(1)
      .nullish()
      .meta({ description: 'Seconds; 3,600 by default, 365 days at most for pictures, else 30.' }),
  })
  .superRefine(({ scope, expires_in }, ctx) => {
    const longest = longestLife(scope);
    if ((expires_in ?? 0) > longest)
      ctx.addIssue({
        code: 'custom',
        path: ['expires_in'],
        message: `must be at most ${longest} for scope ${scope}`,
      });
  })
  .meta({ id: 'CreateFilterToken' });
