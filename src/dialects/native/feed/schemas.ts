import * as z from 'zod';
import type { FeedType } from '../../../domain/feed/feed';
import { EVENT_TYPES, type EventType } from '../../../domain/job/event';
import { STATUSES_AT } from '../../../domain/job/event-statuses';
import { CATEGORIES, HEALTHS, STATUSES } from '../../../domain/job/job';

/** The shape of each event: in the feed, in its stream and in webhooks. */

const count = z.int().min(0);
const time = z.iso.datetime().meta({ description: 'UTC with milliseconds.' });
const id = z.string().meta({ description: '`<job id>.<revision>.<type>`: the same wherever it is told.' });

/** When each type is told. */
const TOLD: Record<EventType, string> = {
  'job.created': 'A job was created.',
  'job.started': 'Its worker started it.',
  'job.stage_changed': 'Its worker has come to another stage, or to none.',
  'job.progressed':
    'It has moved, or its worker is late, and nothing else is to tell: at most once a publishing interval, 2 s, while somebody looks, else within ten minutes.',
  'job.stalled': 'Its worker shows no sign of life.',
  'job.recovered': 'The worker of a stalled job is back.',
  'job.cancelled': 'It was cancelled.',
  'job.cancel_acknowledged': 'Its worker knows that it was cancelled.',
  'job.completed': 'It has completed: `status` is the outcome.',
  'job.failed': 'It has failed, by its worker’s word or by the clock.',
  'job.deleted': 'It was deleted, or its retention is over.',
};

const jobData = {
  job_id: z.uuid(),
  revision: count,
  message: z.string().meta({ description: 'The event for a person.' }),
  job_type: z.string(),
  previous_status: z
    .enum(STATUSES)
    .nullable()
    .meta({ description: 'The status before this revision; null before the first.' }),
  stage: z.string().nullable(),
  total_items: count,
  processed_items: count,
  failed_items: count,
  warned_items: count,
  progress_percentage: z.number().min(0).max(100),
  organization_id: z.string(),
  name: z.string(),
  category: z.enum(CATEGORIES),
  tags: z.array(z.string()),
  triggered_by: z.string().nullable(),
  details_url: z.string().nullable(),
  parent_job_id: z.uuid().nullable(),
  missed: z.int().min(1).optional().meta({
    description: 'Events of the job before this one that were lost: in none but the next after them.',
  }),
};
/** Events of before the feed could be read are told without these, and those of before it named parents without that. */
const LATER = {
  organization_id: true,
  name: true,
  category: true,
  tags: true,
  triggered_by: true,
  details_url: true,
  parent_job_id: true,
} as const;

/** What one type alone says; events of before it did are told without. */
const OWN: Partial<Record<EventType, z.ZodRawShape>> = {
  'job.progressed': {
    health: z
      .enum(HEALTHS)
      .optional()
      .meta({ description: 'How its worker does: that one is `late` is told by this alone.' }),
  },
};

function jobEvent(type: EventType) {
  const data = z.object({ ...jobData, status: z.enum(STATUSES_AT[type]), ...OWN[type] }).partial(LATER);
  return z
    .object({ id, type: z.literal(type), at: time, job_id: z.uuid(), revision: count, data })
    .meta({ id: componentOf(type), description: TOLD[type] });
}

const endpointDisabled = z
  .object({
    id: z.string().meta({ description: '`<webhook id>.<n>.endpoint.disabled`' }),
    type: z.literal('endpoint.disabled'),
    at: time,
    job_id: z.null(),
    revision: z.null(),
    data: z.object({ webhook_id: z.string(), url: z.string(), message: z.string() }),
  })
  .meta({
    id: componentOf('endpoint.disabled'),
    description: 'A webhook endpoint was disabled: the message says why.',
  });

/** One schema for each type of event. */
export const EVENT_SCHEMAS = Object.fromEntries([
  ...EVENT_TYPES.map((type) => [type, jobEvent(type)]),
  ['endpoint.disabled', endpointDisabled],
]) as Record<FeedType, ReturnType<typeof jobEvent> | typeof endpointDisabled>;

export const feedResponse = z
  .object({
    events: z.array(z.union(Object.values(EVENT_SCHEMAS))),
    next_cursor: z.string().meta({ description: 'Always there: what it leads to is what comes next.' }),
  })
  .meta({ id: 'FeedPage' });

/** `job.stage_changed` → `JobStageChangedEvent`. */
function componentOf(type: FeedType): string {
  const words = type.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join('')}Event`;
}
