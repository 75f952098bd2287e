import type { ReadonlySignal } from '@preact/signals';
import { now } from '../../live/clock.ts';
import type { Line } from '../../live/shared-events.ts';
import { spanOf } from '../../parts/time.tsx';

interface LineMarkProps {
  line: ReadonlySignal<Line>;
  /** When the last that is shown was heard of (ms), 0 for never. It moves with every change: only who needs it reads it. */
  heardAt: ReadonlySignal<number>;
}

/** Whether the page is up to date; where it is not, how old what it shows is, which is not said aloud each second. */
export function LineMark({ line, heardAt }: LineMarkProps) {
  const name = line.value;
  return (
    <span class={`line ${name.replace(' ', '-')}`}>
      <span role="status">{name === 'catching up' ? `${name}…` : name}</span>
      {name === 'offline' && ageOf(heardAt.value)}
    </span>
  );
}

function ageOf(heardAt: number): string {
  return heardAt === 0 ? '' : ` · as of ${spanOf(Math.max((now.value - heardAt) / 1_000, 0))} ago`;
}
