import * as z from 'zod';
import { CATEGORIES, HEALTHS, type Job, STATUSES, shownFailed, shownWarned } from './job';
import { duration, etaAt, progressPercentage, successRate } from './progress';

/** How a job's row keeps a field: as it is, a boolean as 0 or 1, packed sequences, anything else as JSON text. */
export type Codec = 'plain' | 'flag' | 'sequences' | 'json';

/** A field that people see: its schema, or what each surface writes in its own way, a time (ms) above all. */
type Shown = z.ZodType | 'time' | 'time or null' | 'cancellation';

interface Field {
  /** Absent where the field follows from others: it has no column then. */
  codec?: Codec;
  /** Never changes after creation. */
  fixed?: true;
  /** A creator gives it, and a rerun takes it over. */
  given?: true;
  shown?: Shown;
  /** What is shown, where that is not the field as it is kept. */
  of?: (job: Job) => unknown;
}

const count = z.int().min(0);
const percentage = z.number().min(0).max(100);
const textOrNull = z.string().nullable();
const kept = { codec: 'plain' } as const;
const fixed = { codec: 'plain', fixed: true } as const;
const given = { codec: 'plain', fixed: true, given: true } as const;

/**
 * Every field of a job but its content, in the order of contract A and then of behaviour §1: what is shown, in a list as
 * in the job itself, and behind it what is only kept. Summary, row, schemas and mappers follow from this list.
 */
export const FIELDS = {
  failed_items: {
    ...kept,
    of: shownFailed,
    shown: count.meta({
      description: 'Items that failed: the counter or the distinct failed entities, whichever is larger.',
    }),
  },
  job_id: { ...fixed, shown: z.uuid() },
  job_type: { ...given, shown: z.string() },
  processed_items: { ...kept, shown: count.meta({ description: 'Items successfully processed.' }) },
  progress_percentage: { of: progressPercentage, shown: percentage },
  status: { ...kept, shown: z.enum(STATUSES) },
  success_rate: { of: successRate, shown: percentage },
  total_items: { ...kept, given: true, shown: count },
  completed_at: { ...kept, shown: 'time or null' },
  created_at: { ...fixed, shown: 'time' },
  duration_seconds: { of: duration, shown: z.number().nullable() },
  error_message: { ...kept, shown: textOrNull.meta({ deprecated: true }) },
  started_at: { ...kept, shown: 'time or null' },
  triggered_by: { ...given, shown: textOrNull },
  warned_items: { ...kept, of: shownWarned, shown: count },
  organization_id: { ...fixed, shown: z.string() },
  name: { ...given, shown: z.string() },
  category: { ...given, shown: z.enum(CATEGORIES) },
  tags: { codec: 'json', fixed: true, given: true, shown: z.array(z.string()) },
  failed_entities_capped: { codec: 'flag', shown: z.boolean() },
  warned_entities_capped: { codec: 'flag', shown: z.boolean() },
  /** Items a second. */
  rate_per_second: { of: ({ rate }: Job) => rate, shown: z.number().nullable() },
  eta_at: { of: etaAt, shown: 'time or null' },
  typical_seconds: {
    ...kept,
    shown: z.number().min(0).nullable().meta({
      description:
        'Half of the jobs of its type took no longer when it was made; null where too few had ended.',
    }),
  },
  stage: { ...kept, shown: textOrNull },
  last_message: { ...kept, shown: textOrNull },
  last_report_at: { ...kept, shown: 'time or null' },
  cancellation: { codec: 'json', shown: 'cancellation' },
  errors_total: { ...kept, shown: count },
  warnings_total: { ...kept, shown: count },
  /** Lines of the log as people see it: entries of all four kinds. */
  logs_total: { of: logsTotal, shown: count },
  errors_by_type: {
    codec: 'json',
    of: ({ errors_by_type }: Job): Record<string, number> => Object.fromEntries(errors_by_type),
    shown: z.record(z.string(), count),
  },
  rerun_of: { ...fixed, shown: z.uuid().nullable() },
  root_job_id: { ...fixed, shown: z.uuid() },
  rerun_number: { ...fixed, shown: count },
  parent_job_id: {
    ...given,
    shown: z.uuid().nullable().meta({ description: 'The job that this one is a child of.' }),
  },
  heartbeat_timeout_seconds: { ...given, shown: z.int().nullable() },
  timeout_seconds: { ...given, shown: z.int().nullable() },
  health: { ...kept, shown: z.enum(HEALTHS) },
  retention_days: { ...given, shown: z.int() },
  details_url: {
    ...given,
    shown: textOrNull.meta({ description: 'Where more of it is shown: http or https.' }),
  },
  revision: { ...kept, shown: z.int().min(1) },

  failed_entities: kept,
  warned_entities: kept,
  peak: kept,
  rate: kept,
  rate_at: kept,
  rate_backlog: kept,
  moves: kept,
  ending: { codec: 'json' },
  log_entries_total: kept,
  events_total: kept,
  watched_from: kept,
  seen_at: kept,
  reporters: { codec: 'sequences' },
} as const satisfies Record<string, Field>;

type Fields = typeof FIELDS;
type Having<Trait> = { [Name in keyof Fields]: Fields[Name] extends Trait ? Name : never }[keyof Fields];

export type ShownField = Having<{ shown: Shown }>;
export type StoredField = Having<{ codec: Codec }>;
export type GivenField = Having<{ given: true }>;

const ALL: readonly (readonly [string, Field])[] = Object.entries(FIELDS);

export const SHOWN_FIELDS = ALL.flatMap(([name, { shown, of }]) =>
  shown === undefined ? [] : [{ name: name as ShownField, shown, of: of ?? null }],
);
export const STORED_FIELDS = ALL.flatMap(([name, { codec, fixed: still }]) =>
  codec === undefined ? [] : [{ name: name as StoredField, codec, fixed: still ?? false }],
);
export const GIVEN_FIELDS = ALL.flatMap(([name, field]) => (field.given ? [name as GivenField] : []));

function logsTotal(job: Job): number {
  return job.log_entries_total + job.errors_total + job.warnings_total + job.events_total;
}
