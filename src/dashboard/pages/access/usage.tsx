import { bytes, count } from '../../parts/number.ts';
import { useLoaded } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';

/** What is used of each limit of the organization. */
export function Usage() {
  const usage = useLoaded('usage', () => headway.usage());
  return (
    <section aria-label="Usage">
      <h2>Usage</h2>
      <WhenLoaded of={usage}>
        {({ limits }) => (
          <dl class="facts">
            {Object.entries(limits).map(([name, { use, limit }]) => {
              const shown = name.endsWith('bytes') ? bytes : count;
              return (
                <div key={name}>
                  <dt>{name.replaceAll('_', ' ')}</dt>
                  <dd>
                    {use === null ? `at most ${shown(limit)}` : `${shown(use)} of ${shown(limit)}`}
                    {use !== null && (
                      <meter min={0} max={limit} high={limit * 0.9} value={use} aria-label={name} />
                    )}
                  </dd>
                </div>
              );
            })}
          </dl>
        )}
      </WhenLoaded>
    </section>
  );
}
