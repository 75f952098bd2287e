import { firstOf } from '../../../client/first-of.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { Ago, exact } from '../../parts/time.tsx';
import { useLoaded, useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

const MOST = 1_000;

/** Who is signed in by which key. */
export function Sessions() {
  const { value, error, reload } = useLoaded('sessions', () => firstOf(headway.sessions.list(), MOST));
  const { error: refused, run } = useTask();
  return (
    <section aria-label="Sign-ins">
      <h2>Sign-ins</h2>
      <Failure error={error.value ?? refused.value} />
      {value.value === null ? (
        <Loading />
      ) : (
        <ul class="rows">
          {value.value.map(({ session_id, key_id, created_at, expires_at, current }) => (
            <li key={session_id}>
              <span>
                By key <code>{key_id}</code>, <Ago at={created_at} />, until {exact(expires_at)}
              </span>
              {current ? (
                <span class="faint">this one</span>
              ) : (
                <button
                  type="button"
                  onClick={async () => {
                    if (await run(() => headway.sessions.end(session_id))) await reload();
                  }}
                >
                  End
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
