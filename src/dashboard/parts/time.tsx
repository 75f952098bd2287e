import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { serviceNow } from '../live/clock.ts';

const UNITS: [seconds: number, name: string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** How long ago something was, with the exact time for whoever points at it. */
export function Ago({ at }: { at: string | null }) {
  return at === null ? <span class="faint">–</span> : <Since at={at} />;
}

/** Of what stands here the clock moves the text alone, and that only where it says something else. */
function Since({ at }: { at: string }) {
  const text = useMemo(() => computed(() => agoOf(at, serviceNow.value)), [at]);
  return (
    <time dateTime={at} title={exact(at)}>
      {text}
    </time>
  );
}

/** Past a minute seconds say nothing: a long list would change in every row every second. */
function agoOf(at: string, moment: number): string {
  // A clock that runs ahead of the service’s sees nothing in the future.
  const seconds = Math.max((moment - Date.parse(at)) / 1_000, 0);
  if (seconds < 2) return 'just now';
  return `${spanOf(seconds < 60 ? seconds : seconds - (seconds % 60))} ago`;
}

/** How long until then; “any moment” where that has passed. */
export function Until({ at }: { at: string }) {
  const seconds = (Date.parse(at) - serviceNow.value) / 1_000;
  return (
    <time dateTime={at} title={exact(at)}>
      {seconds < 1 ? 'any moment' : `in ${spanOf(seconds)}`}
    </time>
  );
}

/** A time as it stands here. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{exact(at)}</time>;
}

/** The largest unit, and the next below it where the first is small. */
export function spanOf(seconds: number): string {
  const index = UNITS.findIndex(([size]) => seconds >= size);
  const unit = UNITS[index];
  if (unit === undefined) return `${Math.max(Math.round(seconds * 10) / 10, 0)} s`;
  const [size, name] = unit;
  const count = Math.floor(seconds / size);
  const below = UNITS[index + 1];
  const rest = below === undefined ? 0 : Math.floor((seconds - count * size) / below[0]);
  return count < 10 && rest > 0 && below ? `${count} ${name} ${rest} ${below[1]}` : `${count} ${name}`;
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** A time as it stands here, to the second. */
export function exact(at: string): string {
  return EXACT.format(new Date(at));
}

/** The same without its day. */
export function clockTime(at: string): string {
  return CLOCK.format(new Date(at));
}
