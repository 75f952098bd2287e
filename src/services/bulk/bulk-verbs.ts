import type { Env } from '../../config';
import { isForNow, type Rejection, reject } from '../../domain/base/rejection';
import type { Result } from '../../domain/base/result';
import { BULK_AT_ONCE, isBulkType } from '../../domain/job/bulk';
import type { Report } from '../../domain/job/command';
import { isTerminal, type Status } from '../../domain/job/job';
import { coreOf, jobObject } from '../../objects/address';
import type { BulkOutcome, BulkPlace, BulkSpec, BulkStanding, BulkVerbs } from '../../objects/bulk/contract';
import type { Caller } from '../access/caller';
import { readJobId } from '../ids/job-id';
import { rerunJob } from '../jobs/create-job';
import { creationTerms } from '../jobs/creation-terms';
import { cancelJob, cancelKey, deleteJob, getJob } from '../jobs/jobs';
import { callerAs } from './bulk-caller';
import { bulkKey, bulkPage } from './bulk-page';
import { bulkSeed } from './bulk-seed';

/** The name that the job of a bulk operation is told under. */
const REPORTER = 'headway-bulk';

/** What the service does for bulk operations, each as whoever began it. Throws what may be done later. */
export function bulkVerbs(env: Env): BulkVerbs {
  const own = (organization: string, { job_id }: BulkSpec) => jobObject(env, organization, coreOf(job_id));
  const as = async (organization: string, spec: BulkSpec): Promise<Caller | null> =>
    given(await callerAs(env, organization, spec.by));
  return {
    async open(organization, spec) {
      const caller = await as(organization, spec);
      if (caller === null)
        return { outcome: 'refused', rejection: reject('not_found', 'No such organization.') };
      const { job_id, key, trace } = spec;
      const seed = bulkSeed(spec);
      const ref = await readJobId(caller.config, organization, job_id);
      if (ref === null) throw new Error('the id of a bulk operation is none');
      const terms = { ...creationTerms(caller, ref.shard, Date.now()), bulk: BULK_AT_ONCE };
      const ask = { job_id, seed, items: [], key, want: {}, bulk: trace, terms };
      const answer = await own(organization, spec).create(organization, ask);
      if (answer.outcome === 'taken') throw new Error('another job has the id of a bulk operation');
      return answer;
    },
    made: (organization, spec) => own(organization, spec).recreate(organization, spec.key, {}),
    async tell(organization, spec, place, ended) {
      const command = { verb: 'report' as const, report: reportOf(spec, place, ended), digest: `${place.n}` };
      const ask = { unit: { commands: [command], batch: false }, key: null };
      const applied = await own(organization, spec).apply(organization, ask, {});
      if (applied === null) return 'over';
      const { answer, view } = applied;
      if (answer.outcome === 'refused' && isForNow(answer.rejection)) throw new Error(answer.rejection.code);
      return standing(view.summary.status, answer.outcome === 'refused');
    },
    async page(organization, spec, place, limit) {
      const caller = await as(organization, spec);
      if (caller === null) return { page: [], next: place.next, last: true };
      return given(await bulkPage(caller, spec, place, limit));
    },
    async act(organization, spec, jobId, repeated) {
      const caller = await as(organization, spec);
      if (caller === null) return failed('failed', reject('not_found', 'No such organization.'));
      try {
        return await act(caller, spec, jobId, repeated);
      } catch (cause) {
        const detail = cause instanceof Error ? cause.message : String(cause);
        return failed('again', reject('unavailable', `The job could not be asked: ${detail}`));
      }
    },
  };
}

async function act(caller: Caller, spec: BulkSpec, jobId: string, repeated: boolean): Promise<BulkOutcome> {
  const { operation, ids, reason, items, trace, parent, parent_key } = spec;
  if (ids !== null) {
    const found = await getJob(caller, jobId, {});
    // What it is can't be told now.
    if (!found.ok && found.rejection.code !== 'job_not_found') return refused(found.rejection);
    if (found.ok && isBulkType(found.value.summary.job_type)) {
      return failed('failed', reject('validation_failed', 'A bulk operation does nothing to another.'));
    }
  }
  const request = bulkKey(spec.job_id);
  switch (operation) {
    case 'cancel': {
      const own = jobId === parent ? parent_key : undefined;
      const key = own ?? (await cancelKey(request));
      const cancelled = await cancelJob(caller, jobId, reason, key, {}, trace);
      if (!cancelled.ok) return refused(cancelled.rejection);
      const { answer } = cancelled.value;
      return answer.outcome === 'refused' ? refused(answer.rejection) : { outcome: 'done' };
    }
    case 'rerun': {
      const rerun = await rerunJob(caller, jobId, items, request, {}, trace);
      return rerun.ok ? { outcome: 'done' } : refused(rerun.rejection);
    }
    case 'delete': {
      const deleted = await deleteJob(caller, jobId, trace);
      // One that is gone where it was under way may have been deleted by the page before a crash.
      if (deleted.ok || (repeated && deleted.rejection.code === 'job_not_found')) return { outcome: 'done' };
      return refused(deleted.rejection);
    }
  }
}

function refused(rejection: Rejection): BulkOutcome {
  const later = isForNow(rejection) || rejection.code === 'quota_exceeded';
  return failed(later ? 'again' : 'failed', rejection);
}

function failed(outcome: 'failed' | 'again', { code, detail }: Rejection): BulkOutcome {
  return { outcome, code, message: detail };
}

/** The total grows with what was found beyond it; at the end it is what there was. */
function reportOf({ total }: BulkSpec, place: BulkPlace, ended: boolean): Report {
  const { n, done, failed: undone, page, failures } = place;
  const found = done + undone + page.length;
  return {
    ...{ mark_started: true, reporter: REPORTER, sequence: n },
    ...{ processed_items: done, failed_items: undone },
    total_items: ended ? done + undone : Math.max(total, found),
    errors: failures.map(({ job_id, code, message }) => {
      return { entity_type: 'job', entity_key: job_id, error_type: code, message };
    }),
    ...(ended ? { mark_completed: true } : {}),
  };
}

function standing(status: Status, refusedNow: boolean): BulkStanding {
  if (!isTerminal(status)) return 'under way';
  return status === 'cancelled' && !refusedNow ? 'cancelled' : 'over';
}

/** What was found; what may be found later is thrown, and tried again. */
function given<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.rejection.code);
  return result.value;
}
