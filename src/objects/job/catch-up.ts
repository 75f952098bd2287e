import { byteLength } from '../../domain/base/json';
import type { Job } from '../../domain/job/job';
import { summarize } from '../../domain/job/summary';
import { totalsOf } from './entry-store';
import { METADATA_SLOT, RESULT_SLOT } from './job-schema';
import type { JobStore, Stored } from './job-store';
import { metadataText, viewOf } from './job-view';
import type { EntryLine, SnapshotMessage, Update } from './watch-contract';

/** The entries of one update (bytes of JSON), unless those of one revision are more. */
const UPDATE_BYTES = 524_288;
/** An entry's JSON beside its data, about. */
const ENTRY_BYTES = 100;

/**
 * All that a watcher at revision `since` has not been told, in order; a snapshot where some of it is gone. `whole`:
 * its first `job` is to bear metadata and result whether or not they are news.
 */
export function* catchUp(
  store: JobStore,
  stored: Stored,
  since: number,
  whole: boolean,
): Generator<Update | SnapshotMessage> {
  const { job } = stored;
  const lines = store.entries.since(totalsOf(job), since);
  if (lines === null || since > job.revision) return yield snapshot(store, stored, true);
  let prev = since;
  let entries: EntryLine[] = [];
  let size = 0;
  for (const group of byRevision(lines)) {
    const bytes = group.reduce((sum, { data }) => sum + byteLength(data) + ENTRY_BYTES, 0);
    if (size > 0 && size + bytes > UPDATE_BYTES) {
      const revision = entries.at(-1)?.revision ?? prev;
      yield { type: 'update', prev, revision, job: null, entries };
      [prev, entries, size] = [revision, [], 0];
    }
    entries.push(...group);
    size += bytes;
  }
  yield {
    type: 'update',
    prev,
    revision: job.revision,
    job: {
      summary: summarize(job),
      metadata: whole || isNews(store, METADATA_SLOT, since) ? metadataText(job) : null,
      result: whole || isNews(store, RESULT_SLOT, since) ? JSON.stringify(job.result) : null,
    },
    entries,
  };
}

export function snapshot(store: JobStore, stored: Stored, resync: boolean): SnapshotMessage {
  const view = viewOf(store, stored, { content: true });
  return { type: 'snapshot', revision: stored.job.revision, view, resync };
}

function isNews(store: JobStore, slot: number, since: Job['revision']): boolean {
  return store.entries.revisionAt(slot) > since;
}

/** The entries of one revision are never spread over two updates. */
function* byRevision(lines: Iterable<EntryLine>): Generator<EntryLine[]> {
  let group: EntryLine[] = [];
  for (const line of lines) {
    if (group[0] !== undefined && group[0].revision !== line.revision) {
      yield group;
      group = [];
    }
    group.push(line);
  }
  if (group.length > 0) yield group;
}
