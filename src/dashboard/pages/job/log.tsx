import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Job, LogLine } from '../../../client/page.ts';
import { Ansi } from '../../parts/ansi.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { clockTime, exact } from '../../parts/time.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

/** Lines that the page holds at most. */
const MOST = 10_000;

/** All that a job said, from the beginning; it follows only while its end is seen. */
export function Log({ job }: { job: Job }) {
  const lines = useSignal<readonly LogLine[]>([]);
  const more = useSignal(false);
  /** How many lines are shown, where they are not all. */
  const kept = useSignal<number | null>(null);
  const search = useSignal('');
  const { error, run } = useTask();
  const box = useRef<HTMLOListElement>(null);
  const { job_id } = job;
  const total = job.logs_total;

  function load(from: readonly LogLine[], q: string, signal: AbortSignal) {
    return run(async () => {
      const { current } = box;
      const atEnd = current === null || current.scrollHeight - current.scrollTop - current.clientHeight < 40;
      const last = from.at(-1);
      const found = [...from];
      const filter = {
        limit: 1_000,
        signal,
        ...(q === '' ? {} : { q }),
        ...(last ? { since: last.timestamp } : {}),
      };
      for await (const line of headway.logs(job_id, filter)) {
        if (last && !isAfter(line, last)) continue;
        found.push(line);
        if (found.length >= MOST) break;
      }
      if (signal.aborted) return;
      lines.value = found;
      more.value = found.length >= MOST;
      kept.value = q === '' && found.length < total ? found.length : null;
      if (atEnd) requestAnimationFrame(() => toEnd(box.current));
    });
  }

  // Another search begins anew, a longer log goes on.
  useEffect(() => {
    const end = new AbortController();
    const begun = lines.peek().length > 0 && search.value === '' && !more.peek();
    void load(begun ? lines.peek() : [], search.value, end.signal);
    return () => end.abort();
  }, [search.value, total]);

  return (
    <section aria-label="Log" class="log">
      <header class="bar-of-page">
        <h2>Log</h2>
        <label>
          Search
          <input
            type="search"
            value={search.value}
            onChange={({ currentTarget }) => {
              lines.value = [];
              search.value = currentTarget.value.trim();
            }}
          />
        </label>
        <button type="button" onClick={() => void run(() => download(job_id))}>
          Download
        </button>
      </header>
      <Failure error={error.value} />
      {kept.value !== null && (
        <p class="hint">
          {more.value ? 'The first' : 'The newest'} {count(kept.value)} of {count(total)} lines
          {more.value && '; a search finds the others'}.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard too (WCAG 2.2, 2.1.1). */}
      <ol ref={box} tabIndex={0}>
        {lines.value.map((line) => {
          const place = `L${line.revision}.${line.k}`;
          return (
            <li key={place} id={place} class={line.level}>
              <InnerLink href={`#${place}`}>
                <time dateTime={line.timestamp} title={exact(line.timestamp)}>
                  {clockTime(line.timestamp)}
                </time>
              </InnerLink>{' '}
              <Ansi line={line.message} />
            </li>
          );
        })}
      </ol>
      {lines.value.length === 0 && <p class="faint">{search.value ? 'No line matches.' : 'Nothing yet.'}</p>}
    </section>
  );
}

/** Scrolls to the end, and again once its lines have been drawn: before that their heights are guesses. */
function toEnd(box: Element | null, times = 4): void {
  if (box === null || times === 0) return;
  box.scrollTo({ top: box.scrollHeight });
  requestAnimationFrame(() => toEnd(box, times - 1));
}

function isAfter(line: LogLine, last: LogLine): boolean {
  return line.revision > last.revision || (line.revision === last.revision && line.k > last.k);
}

/** The whole log as a file. */
async function download(jobId: string): Promise<void> {
  const lines: string[] = [];
  for await (const { timestamp, level, message } of headway.logs(jobId, { limit: 1_000 }))
    lines.push(`${timestamp} ${level} ${message}\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(lines, { type: 'text/plain' }));
  link.download = `${jobId}.log`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
