import type { Job, JobEvent } from '../../../client/page.ts';
import { serviceNow } from '../../live/clock.ts';
import { Failure } from '../../parts/notice.tsx';
import { exact, spanOf } from '../../parts/time.tsx';
import { useFollowing, useMoved } from '../../parts/use-following.ts';
import { headway } from '../../service.ts';

interface Stretch {
  name: string;
  from: number;
  to: number | null;
}

/** Stages one below the other, each where it stood in the whole and as wide as it took. */
export function Timeline({ job }: { job: Job }) {
  const moved = useMoved(`${job.stage} ${job.status}`);
  const { value, error, reload } = useFollowing(job.job_id, moved, async () => {
    const events: JobEvent[] = [];
    for await (const event of headway.history(job.job_id, { limit: 100 })) events.push(event);
    return events;
  });
  const events = value.value ?? [];
  const stretches = stretchesOf(events);
  // A job keeps its newest events: its first is that it was made.
  const isCut = events.length > 0 && events[0]?.type !== 'job.created';
  if (stretches.length === 0 && !isCut)
    return <Failure quiet error={error.value} again={() => void reload()} />;
  // The clock here may be some seconds behind what the service told.
  const told = Math.max(...stretches.map(({ from, to }) => to ?? from));
  const end = job.completed_at === null ? Math.max(serviceNow.value, told) : Date.parse(job.completed_at);
  const begin = stretches[0]?.from ?? end;
  const whole = Math.max(end - begin, 1);
  return (
    <section aria-label="Stages">
      <h2>Stages</h2>
      <Failure quiet error={error.value} again={() => void reload()} />
      {isCut && <p class="hint">The oldest events are kept no more: stages that began before are missing.</p>}
      <ol class="stages">
        {stretches.map(({ name, from, to }) => {
          const length = Math.max((to ?? end) - from, 0);
          return (
            <li key={from} title={`from ${exact(new Date(from).toISOString())}`}>
              <span class="name">{name}</span>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect x={((from - begin) / whole) * 100} width={(length / whole) * 100} height="10" />
              </svg>
              <span class="right">{spanOf(length / 1_000)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** From its start, or its first stage, each until the next one begins. */
function stretchesOf(events: readonly JobEvent[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { type, at, data } of events) {
    const time = Date.parse(at);
    const last = stretches.at(-1);
    const begins = type === 'job.started' || type === 'job.stage_changed';
    const ends = ['job.completed', 'job.failed', 'job.cancelled'].includes(type);
    if ((begins || ends) && last && last.to === null) last.to = time;
    if (begins) stretches.push({ name: String(data.stage ?? 'started'), from: time, to: null });
  }
  return stretches.filter(({ from, to }) => to === null || to > from);
}
