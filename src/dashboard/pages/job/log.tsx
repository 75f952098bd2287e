import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Job, LogLine } from '../../../client/page.ts';
import { type LogEnd, LogLines, MOST } from '../../live/log-lines.ts';
import { Ansi } from '../../parts/ansi.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Failure, Loading } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { clockTime, exact } from '../../parts/time.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

/** All that a job said, from the beginning; it follows only while its end is seen. */
export function Log({ job }: { job: Job }) {
  const { job_id, logs_total: total } = job;
  const search = useSignal('');
  const q = search.value;
  const log = useMemo(() => new LogLines(job_id, q), [job_id, q]);
  useEffect(() => () => log.stop(), [log]);
  useEffect(() => void log.readOn(total), [log, total]);
  const saving = useTask();
  const lines = log.lines.value;
  const box = useRef<HTMLOListElement>(null);
  // Asked before the new lines are drawn, and acted on after that.
  const follows = useMemo(() => isAtEnd(box.current), [lines]);
  const isLinked = useRef(/^#L\d/.test(location.hash));
  useLayoutEffect(() => {
    if (lines.length === 0) return;
    const linked = isLinked.current ? document.getElementById(location.hash.slice(1)) : null;
    isLinked.current = false;
    if (linked !== null) bring(() => linked.scrollIntoView({ block: 'center' }));
    else if (follows) bring(() => box.current?.scrollTo({ top: box.current.scrollHeight }));
  }, [lines]);

  const shown = useMemo(
    () => (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard too (WCAG 2.2, 2.1.1).
      <ol ref={box} tabIndex={0}>
        {lines.map(drawnOnce)}
      </ol>
    ),
    [lines],
  );
  // A search finds of all that was said what is kept: how much that is the whole log knows, where it was read before.
  const whole = useRef<LogEnd | null>(null);
  if (q === '') whole.current = log.end.value;
  return (
    <section aria-label="Log" class="log">
      <header class="bar-of-page">
        <h2>Log</h2>
        <label>
          Search
          <input
            type="search"
            onChange={({ currentTarget }) => {
              search.value = currentTarget.value.trim();
            }}
          />
        </label>
        <button
          type="button"
          disabled={saving.busy.value}
          onClick={() => void saving.run(() => save(job_id))}
        >
          Download
        </button>
      </header>
      <Failure error={saving.error.value} />
      <Failure quiet error={log.error.value} again={() => void log.readOn()} />
      <Part of={whole.current} isSearched={q !== ''} total={total} />
      {shown}
      <div aria-live="polite">{lines.length === 0 && <NoLines reading={log.reading.value} q={q} />}</div>
    </section>
  );
}

/** Says that there were more lines than are kept; how many there are, where they are shown. */
function Part({ of, isSearched, total }: { of: LogEnd | null; isSearched: boolean; total: number }) {
  const isPart = (isSearched && total > MOST) || (of !== null && of.lines < of.total);
  if (!isPart) return null;
  return (
    <p class="hint">
      {isSearched || of === null
        ? 'The oldest lines are kept no more, and not searched.'
        : `The newest ${count(of.lines)} of ${count(of.total)} lines.`}
    </p>
  );
}

/** Each line as it was drawn first: however often others come, and however many, it is drawn once. */
const DRAWN = new WeakMap<LogLine, VNode>();

function drawnOnce(line: LogLine): VNode {
  const before = DRAWN.get(line);
  if (before !== undefined) return before;
  const place = `L${line.revision}.${line.k}`;
  const item = (
    <li key={place} id={place} class={line.level}>
      <InnerLink href={`#${place}`}>
        <time dateTime={line.timestamp} title={exact(line.timestamp)}>
          {clockTime(line.timestamp)}
        </time>
      </InnerLink>{' '}
      {line.level !== 'info' && <strong>{line.level} </strong>}
      <Ansi line={line.message} />
    </li>
  );
  DRAWN.set(line, item);
  return item;
}

function NoLines({ reading, q }: { reading: boolean; q: string }) {
  if (reading) return <Loading />;
  return <p class="faint">{q === '' ? 'Nothing yet.' : 'No line matches.'}</p>;
}

function isAtEnd(box: Element | null): boolean {
  return box === null || box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}

/** Scrolls to where something is, and again once its lines have been drawn: before that their heights are guesses. */
function bring(scroll: () => void, times = 4): void {
  if (times === 0) return;
  requestAnimationFrame(() => {
    scroll();
    bring(scroll, times - 1);
  });
}

/** The whole log as a file. */
async function save(jobId: string): Promise<void> {
  const lines: string[] = [];
  for await (const { timestamp, level, message } of headway.logs(jobId, { limit: 100 }))
    lines.push(`${timestamp} ${level} ${message}\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(lines, { type: 'text/plain' }));
  link.download = `${jobId}.log`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
