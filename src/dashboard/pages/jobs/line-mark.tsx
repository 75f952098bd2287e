import type { ReadonlySignal } from '@preact/signals';
import { now } from '../../live/clock.ts';
import type { Line } from '../../live/shared-events.ts';
import { spanOf } from '../../parts/time.tsx';

interface LineMarkProps {
  line: ReadonlySignal<Line>;
  /** When the last that is shown was heard of (ms), 0 for never. It moves with every change: only who needs it reads it. */
  heardAt: ReadonlySignal<number>;
}

/** Whether the page is up to date; where it is not, how old what it shows is. */
export function LineMark({ line, heardAt }: LineMarkProps) {
  const name = line.value;
  return (
    <span class={`line ${name.replace(' ', '-')}`} role="status">
      {name === 'offline' ? offline(heardAt.value) : name === 'live' ? name : `${name}…`}
    </span>
  );
}

function offline(heardAt: number): string {
  if (heardAt === 0) return 'offline';
  return `offline · as of ${spanOf(Math.max((now.value - heardAt) / 1_000, 0))} ago`;
}
