import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { HeadwayError, type Job as JobState } from '../../client/page.ts';
import { Freshness } from '../live/freshness.ts';
import { seen } from '../live/seen.ts';
import { Bar, Status } from '../parts/bar.tsx';
import { Failure, Loading } from '../parts/notice.tsx';
import { percent } from '../parts/number.ts';
import { useTitle } from '../parts/use-title.ts';
import { headway, token } from '../service.ts';
import { may, noteRefusal, wordsOf } from '../session.ts';
import { Actions } from './job/actions.tsx';
import { Children } from './job/children.tsx';
import { Content } from './job/content.tsx';
import { Facts } from './job/facts.tsx';
import { Issues } from './job/issues.tsx';
import { Log } from './job/log.tsx';
import { Runs } from './job/runs.tsx';
import { SentEvents } from './job/sent-events.tsx';
import { Share } from './job/share.tsx';
import { Sparkline } from './job/sparkline.tsx';
import { Timeline } from './job/timeline.tsx';
import { LineMark } from './jobs/line-mark.tsx';

const GONE = 'There is no such job here: it was deleted, or its id is another organization’s.';

/** One job as it moves: how far it is, what went wrong, what it said. */
export function Job() {
  const id = useRoute().params.id ?? '';
  const job = useSignal<JobState | null>(null);
  const error = useSignal<string | null>(null);
  const points = useSignal<readonly [at: number, items: number][]>([]);
  const attempt = useSignal(0);
  /** Whether nothing more can come of it: it has no stream then. */
  const settled = useSignal(false);
  const freshness = useMemo(() => new Freshness(), []);
  useEffect(() => () => freshness.stop(), []);
  useEffect(() => {
    job.value = null;
    points.value = [];
    settled.value = false;
    freshness.heardAt.value = 0;
  }, [id]);
  // A page that is not seen has no stream; seen again it goes on from what is shown.
  useEffect(() => {
    error.value = null;
    if (!seen.value) return;
    const end = new AbortController();
    const told = (connected: boolean) => freshness.turn(connected ? 'live' : 'offline');
    void (async () => {
      try {
        for await (const state of headway.watch(id, { signal: end.signal, told })) {
          job.value = state;
          freshness.hear();
          points.value = [...points.value, [Date.now(), state.processed_items] as [number, number]].slice(
            -300,
          );
        }
        settled.value = true;
      } catch (caught) {
        if (end.signal.aborted || noteRefusal(caught)) return;
        error.value = caught instanceof HeadwayError && caught.status === 404 ? GONE : wordsOf(caught);
      }
    })();
    return () => {
      end.abort();
      freshness.turn('catching up');
    };
  }, [id, attempt.value, seen.value]);
  const state = job.value;
  useTitle(state === null ? 'Job' : titleOf(state));
  if (error.value !== null)
    return (
      <main>
        <h1>Job</h1>
        <Failure error={error.value} again={() => attempt.value++} />
        {token === null && <a href="/ui/">All jobs</a>}
      </main>
    );
  const mark = settled.value ? null : <LineMark line={freshness.line} heardAt={freshness.heardAt} />;
  if (state === null)
    return (
      <main>
        <header class="bar-of-page">
          <h1>Job</h1>
          {mark}
        </header>
        <Loading />
      </main>
    );
  return (
    <main class="job">
      <header class="bar-of-page">
        <h1>{state.name}</h1>
        <Status job={state} />
        {mark}
        <Actions job={state} />
      </header>
      <Bar job={state} large />
      {state.last_message && <p class="message">{state.last_message}</p>}
      {state.error_message && <p class="failure">{state.error_message}</p>}
      <Facts job={state} />
      <Sparkline points={points.value} />
      <Timeline key={id} job={state} />
      {token === null && state.parent_job_id === null && <Children key={id} job={state} />}
      <Issues job={state} />
      <Log key={id} job={state} />
      <Content key={id} job={state} />
      {token === null && <Runs key={id} job={state} gone={() => (error.value = GONE)} />}
      {may.value.has('webhook:manage') && <SentEvents key={id} job={state} />}
      {token === null && <Share job={state} />}
      <p class="unseen" aria-live="polite">
        {spoken(state)}
      </p>
    </main>
  );
}

/** What is said aloud: a change of status, and each quarter of the way, where it is known how far that is. */
function spoken({ status, progress_percentage, total_items }: JobState): string {
  const quarter = Math.floor(progress_percentage / 25) * 25;
  const isOnItsWay = status === 'in_progress' && total_items > 0 && quarter > 0;
  return isOnItsWay ? `${quarter} percent` : status.replaceAll('_', ' ');
}

/** What is seen of a job in its tab: how far it is, or how it ended. */
function titleOf({ name, status, progress_percentage, total_items }: JobState): string {
  const moves = status === 'in_progress' && total_items > 0;
  return `${moves ? percent(progress_percentage) : status.replaceAll('_', ' ')} · ${name}`;
}
