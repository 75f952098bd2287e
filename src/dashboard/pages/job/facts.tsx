import type { ComponentChildren } from 'preact';
import type { Job } from '../../../client/page.ts';
import { addressOf, tagFilter } from '../../live/job-filter.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { count, short } from '../../parts/number.ts';
import { Ago, spanOf, Until } from '../../parts/time.tsx';

/** What is known of a job beside its bar. */
export function Facts({ job }: { job: Job }) {
  const { cancellation } = job;
  const waits = cancellation && !cancellation.acknowledged_at ? ', not noticed by the worker yet' : '';
  return (
    <dl class="facts">
      <Fact name="Items">
        {count(job.processed_items)} of {job.total_items === 0 ? 'unknown' : count(job.total_items)}
        {job.failed_items > 0 && ` · ${count(job.failed_items)} failed`}
        {job.warned_items > 0 && ` · ${count(job.warned_items)} warned`}
      </Fact>
      {job.stage && <Fact name="Stage">{job.stage}</Fact>}
      {job.rate_per_second !== null && <Fact name="Rate">{short(job.rate_per_second)} a second</Fact>}
      {job.eta_at && (
        <Fact name="Expected end">
          <Until at={job.eta_at} />
        </Fact>
      )}
      {job.typical_seconds !== null && <Fact name="Usually takes">{spanOf(job.typical_seconds)}</Fact>}
      <Fact name="Created">
        <Ago at={job.created_at} />
        {job.triggered_by && ` by ${job.triggered_by}`}
      </Fact>
      {job.started_at && (
        <Fact name="Started">
          <Ago at={job.started_at} />
        </Fact>
      )}
      {job.completed_at && (
        <Fact name="Ended">
          <Ago at={job.completed_at} />
        </Fact>
      )}
      {job.duration_seconds !== null && (
        <Fact name="Duration">{spanOf(Math.max(job.duration_seconds, 0))}</Fact>
      )}
      {cancellation && (
        <Fact name="Cancelled">
          <Ago at={cancellation.requested_at} /> by {cancellation.requested_by}
          {cancellation.reason && (
            <>
              : <bdi>{cancellation.reason}</bdi>
            </>
          )}
          {cancellation.acknowledged_at ? ', and the worker noticed' : waits}
        </Fact>
      )}
      {job.last_report_at && (
        <Fact name="Last report">
          <Ago at={job.last_report_at} />
        </Fact>
      )}
      <Fact name="Type">
        <InnerLink href={addressOf({ job_type: job.job_type })}>{job.job_type}</InnerLink> · {job.category}
      </Fact>
      {job.tags.length > 0 && (
        <Fact name="Tags">
          {job.tags.map((tag) => (
            <InnerLink key={tag} class="tag" href={addressOf({ tag: tagFilter(tag) })}>
              {tag}
            </InnerLink>
          ))}
        </Fact>
      )}
      {job.parent_job_id && (
        <Fact name="Child of">
          <InnerLink href={`/ui/jobs/${job.parent_job_id}`}>{job.parent_job_id.slice(0, 8)}</InnerLink>
        </Fact>
      )}
      {job.rerun_of && (
        <Fact name="Rerun of">
          <InnerLink href={`/ui/jobs/${job.rerun_of}`}>{job.rerun_of.slice(0, 8)}</InnerLink>
          {job.root_job_id !== job.rerun_of && (
            <>
              , first{' '}
              <InnerLink href={`/ui/jobs/${job.root_job_id}`}>{job.root_job_id.slice(0, 8)}</InnerLink>
            </>
          )}
        </Fact>
      )}
      <Fact name="Id">
        <code>{job.job_id}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
