import { count } from '../../parts/number.ts';
import { spanOf } from '../../parts/time.tsx';

const [WIDTH, HEIGHT] = [600, 48];

/** Items over the time since the page was opened, as one line. */
export function Sparkline({ points }: { points: readonly (readonly [at: number, items: number])[] }) {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 3 || last[0] === first[0]) return null;
  const items = points.map(([, value]) => value);
  const [least, most] = [Math.min(...items), Math.max(...items)];
  const x = (at: number) => ((at - first[0]) / (last[0] - first[0])) * WIDTH;
  const y = (value: number) => HEIGHT - 2 - ((value - least) / Math.max(most - least, 1)) * (HEIGHT - 4);
  const path = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return (
    <figure class="sparkline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <polyline points={path} />
      </svg>
      <figcaption>
        {count(least)} to {count(most)} items in the last {spanOf((last[0] - first[0]) / 1_000)}
      </figcaption>
    </figure>
  );
}
