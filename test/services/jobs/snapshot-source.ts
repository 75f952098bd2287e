import { ok, type Result } from '../../../src/domain/base/result';
import { summarize } from '../../../src/domain/job/summary';
import type { JobView } from '../../../src/objects/job/contract';
import { type JobSnapshot, snapshotName } from '../../../src/services/jobs/job-snapshot';
import { freshJob } from '../../support/arbitraries';
import { settle } from '../../support/virtual-time';

export const JOB = freshJob();
export const NAME = snapshotName('acme', JOB.job_id, 'content');
export const LIFE = 1_000;

/** A job's object: asks wait in it until they are answered, with what is true then. */
export class Source {
  revision = 1;
  asks = 0;
  readonly waiting: ((result: Result<JobView>) => void)[] = [];

  readonly ask = (): Promise<Result<JobView>> => {
    this.asks += 1;
    return new Promise((resolve) => this.waiting.push(resolve));
  };

  async answer(result: Result<JobView> = ok(viewAt(this.revision))): Promise<void> {
    for (const resolve of this.waiting.splice(0)) resolve(result);
    await settle();
  }
}

export function viewAt(revision: number, content = true): JobView {
  const summary = summarize({ ...JOB, revision });
  const texts = { metadata: '{}', result: 'null', errors: '[]', warnings: '[]' };
  return { summary, content: content ? texts : null, logs: null };
}

export const revisionOf = (result: Result<JobSnapshot>) =>
  result.ok ? result.value.view.summary.revision : null;
