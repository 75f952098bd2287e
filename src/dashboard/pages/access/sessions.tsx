import { HeadNote, headOf } from '../../parts/head.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Ago, Moment } from '../../parts/time.tsx';
import { useLoaded, useTask } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';

const MOST = 1_000;

/** Who is signed in by which key. */
export function Sessions() {
  const list = useLoaded('sessions', () => headOf(MOST, () => headway.sessions.list()));
  const { error, run } = useTask();
  return (
    <section aria-label="Sign-ins">
      <h2>Sign-ins</h2>
      <Failure error={error.value} />
      <WhenLoaded aloud of={list}>
        {(sessions) => (
          <>
            <HeadNote of={sessions} order="oldest" />
            <ul class="rows">
              {sessions.entries.map(({ session_id, key_id, created_at, expires_at, current }) => (
                <li key={session_id}>
                  <span>
                    By key <code>{key_id}</code>, <Ago at={created_at} />, until <Moment at={expires_at} />
                  </span>
                  {current ? (
                    <span class="faint">this one</span>
                  ) : (
                    <button
                      type="button"
                      onClick={async () => {
                        if (await run(() => headway.sessions.end(session_id))) await list.reload();
                      }}
                    >
                      End
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </WhenLoaded>
    </section>
  );
}
