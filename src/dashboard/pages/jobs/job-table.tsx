import type { ReadonlySignal, Signal } from '@preact/signals';
import type { JobRow } from '../../live/job-row.ts';
import { Bar, Status } from '../../parts/bar.tsx';
import { count } from '../../parts/number.ts';
import { Ago } from '../../parts/time.tsx';

type Chosen = Signal<ReadonlySet<string>>;

/** One row a job. Each follows its own signal, so a change draws that row alone. */
export function JobTable({
  rows,
  chosen,
}: {
  rows: ReadonlySignal<readonly Signal<JobRow>[]>;
  chosen: Chosen;
}) {
  const all = rows.value;
  const allChosen = all.length > 0 && all.every((row) => chosen.value.has(row.peek().job_id));
  const chooseAll = () => {
    chosen.value = new Set(allChosen ? [] : all.map((row) => row.peek().job_id));
  };
  return (
    <div class="scroll">
      <table class="jobs">
        <thead>
          <tr>
            <th scope="col">
              <input type="checkbox" aria-label="Select all shown" checked={allChosen} onChange={chooseAll} />
            </th>
            <th scope="col">Job</th>
            <th scope="col">Status</th>
            <th scope="col">Progress</th>
            <th scope="col">Stage</th>
            <th scope="col" class="right">
              Failed
            </th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {all.map((row) => (
            <Row key={row.peek().job_id} row={row} chosen={chosen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, chosen }: { row: Signal<JobRow>; chosen: Chosen }) {
  const job = row.value;
  const { job_id, name } = job;
  const choose = () => {
    const next = new Set(chosen.value);
    if (!next.delete(job_id)) next.add(job_id);
    chosen.value = next;
  };
  return (
    <tr class={job.deleted ? 'deleted' : ''} data-job={job_id}>
      <td>
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={chosen.value.has(job_id)}
          disabled={job.deleted === true}
          onChange={choose}
        />
      </td>
      <td class="name">
        <a href={`/ui/jobs/${job_id}`}>{name}</a>
        <span class="faint">
          {job.job_type}
          {job.triggered_by && ` · ${job.triggered_by}`}
        </span>
      </td>
      <td>{job.deleted ? <span class="status">deleted</span> : <Status job={job} />}</td>
      <td>
        <Bar job={job} />
      </td>
      <td class="stage">{job.stage}</td>
      <td class="right">{job.failed_items > 0 ? count(job.failed_items) : ''}</td>
      <td>
        <Ago at={job.created_at} />
      </td>
    </tr>
  );
}
