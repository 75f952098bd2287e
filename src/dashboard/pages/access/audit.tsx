import { HeadNote, headOf } from '../../parts/head.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Ago } from '../../parts/time.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';

const SHOWN = 100;

/** Who did what lately, newest first. */
export function Audit() {
  const list = useLoaded('audit', () => headOf(SHOWN, () => headway.audit()));
  return (
    <section aria-label="Audit">
      <header class="bar-of-page">
        <h2>Audit</h2>
        <a href="/api/audit?format=ndjson" download="audit.ndjson">
          Download
        </a>
      </header>
      <WhenLoaded of={list}>
        {(acts) => (
          <div class="scroll">
            <HeadNote of={acts} />
            <table>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">Did</th>
                  <th scope="col">To</th>
                  <th scope="col">From</th>
                </tr>
              </thead>
              <tbody>
                {acts.entries.map((act) => (
                  <tr key={act.id}>
                    <td>
                      <Ago at={act.at} />
                    </td>
                    <td>
                      {act.actor.name ??
                        (act.actor.type === act.actor.id
                          ? act.actor.id
                          : `${act.actor.type} ${act.actor.id}`)}
                    </td>
                    <td>
                      {act.action}
                      {act.outcome === 'refused' && <span class="status tone-bad"> refused</span>}
                      {act.count !== undefined && ` × ${act.count}`}
                    </td>
                    <td>
                      {act.target.type === 'job' && act.target.id ? (
                        <InnerLink href={`/ui/jobs/${act.target.id}`}>
                          job {act.target.id.slice(0, 8)}
                        </InnerLink>
                      ) : (
                        `${act.target.type} ${act.target.id ?? ''}`
                      )}
                    </td>
                    <td>{act.address ?? ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </WhenLoaded>
    </section>
  );
}
