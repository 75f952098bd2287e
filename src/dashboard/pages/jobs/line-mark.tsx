import { now } from '../../live/clock.ts';
import type { Line } from '../../live/shared-events.ts';
import { spanOf } from '../../parts/time.tsx';

/** Whether the page is up to date; where it is not, how old what it shows is. */
export function LineMark({ line, heardAt }: { line: Line; heardAt: number }) {
  const age = heardAt === 0 ? null : Math.max((now.value - heardAt) / 1_000, 0);
  const words = {
    live: 'live',
    'catching up': 'catching up…',
    offline: age === null ? 'offline' : `offline · as of ${spanOf(age)} ago`,
  };
  return (
    <span class={`line ${line.replace(' ', '-')}`} role="status">
      {words[line]}
    </span>
  );
}
