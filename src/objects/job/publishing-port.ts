import { EVENTS_PER_PUBLICATION, RECORDS_PER_PUBLICATION } from '../../domain/feed/publication';
import { summarize } from '../../domain/job/summary';
import { log } from '../../log';
import { indexObject, type Namespaces, organizationOf, shardOf } from '../address';
import { oldestOf } from './job-schema';
import type { JobStore } from './job-store';
import type { PublisherPort } from './publisher';

/** Publishes the job of `store` to the index shard that its id names. */
export function publishingPort(
  store: JobStore,
  env: Namespaces,
  name: () => string | undefined,
): PublisherPort {
  return {
    now: () => Date.now(),
    failed(cause) {
      log('warn', 'publish_failed', { object: name(), job_id: store.jobId, cause });
    },
    position() {
      return store.position();
    },
    read(acknowledged) {
      const stored = store.load();
      if (stored === null) return null;
      const { job, books } = stored;
      const through = job.events_total;
      const oldest = oldestOf('event', through);
      const after = Math.max(acknowledged.events, oldest - 1);
      const events = store.entries.eventsAfter(after, through, EVENTS_PER_PUBLICATION);
      const publication = { summary: summarize(job), events, through, oldest };
      const audit = store.carried.oldest(RECORDS_PER_PUBLICATION);
      const deleted = books.deleted_at !== null;
      return { ...publication, deleted, ...(audit.length === 0 ? {} : { audit }) };
    },
    carries() {
      return store.carried.any;
    },
    confirm(count) {
      store.carried.confirm(count);
    },
    send(publication) {
      const { job_id } = publication.summary;
      return indexObject(env, organizationOf(name()), shardOf(job_id)).publish(publication);
    },
  };
}
