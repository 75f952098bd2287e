import { useSignal } from '@preact/signals';
import type { Schemas } from '../../../client/page.ts';
import { HeadNote, headOf } from '../../parts/head.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Ago } from '../../parts/time.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';

type Arrival = Schemas['HookArrivals']['arrivals'][number];

const SHOWN = 50;
const TONES: Record<Arrival['verdict'], string> = {
  applied: 'good',
  replayed: 'quiet',
  skipped: 'quiet',
  ignored: 'quiet',
  handshake: 'active',
  refused: 'bad',
};

/** What came to a hook lately, and what became of it. */
export function Arrivals({ hookId }: { hookId: string }) {
  const open = useSignal(false);
  return (
    <details class="group" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>Arrivals</summary>
      {open.value && <Newest hookId={hookId} />}
    </details>
  );
}

function Newest({ hookId }: { hookId: string }) {
  const newest = useLoaded(hookId, () => headOf(SHOWN, (page) => headway.hooks.arrivals(hookId, page)));
  return (
    <WhenLoaded aloud of={newest}>
      {(found) => (
        <>
          <HeadNote of={found} />
          <ArrivalTable arrivals={found.entries} />
        </>
      )}
    </WhenLoaded>
  );
}

function ArrivalTable({ arrivals }: { arrivals: readonly Arrival[] }) {
  if (arrivals.length === 0) return <p class="faint">Nothing came yet.</p>;
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What became of it</th>
            <th scope="col">Why</th>
            <th scope="col">Job</th>
          </tr>
        </thead>
        <tbody>
          {arrivals.map((arrival, index) => (
            <tr key={`${arrival.at} ${index}`}>
              <td>
                <Ago at={arrival.at} />
              </td>
              <td>
                <span class={`status tone-${TONES[arrival.verdict]}`}>{arrival.verdict}</span>{' '}
                {arrival.status}
              </td>
              <td class="wrap">
                {[
                  arrival.code,
                  arrival.detail,
                  ...(arrival.errors ?? []).map(({ path, message }) => `${path}: ${message}`),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </td>
              <td>
                {arrival.job_id && (
                  <InnerLink href={`/ui/jobs/${arrival.job_id}`}>{arrival.job_id.slice(0, 8)}</InnerLink>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
