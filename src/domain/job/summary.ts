import { type FIELDS, SHOWN_FIELDS, type ShownField } from './fields';
import type { Job } from './job';

type Fields = typeof FIELDS;

/** What people see of a job but for its content: the same in a list as in the job itself. Times in ms since 1970. */
export type Summary = {
  [Name in ShownField]: Fields[Name] extends { of: (job: never) => infer Value } ? Value : AsKept<Name>;
};
type AsKept<Name> = Name extends keyof Job ? Job[Name] : never;

/** The fields of a summary in their order, each null. */
export const BLANK: Readonly<Record<string, unknown>> = Object.fromEntries(
  SHOWN_FIELDS.map(({ name }) => [name, null]),
);

export function summarize(job: Job): Summary {
  // A copy has room for all fields at once: one by one they cost twice as much.
  const summary = { ...BLANK };
  for (const { name, of } of SHOWN_FIELDS) summary[name] = of === null ? job[name as keyof Job] : of(job);
  return summary as Summary;
}
