import { Failure } from '../parts/notice.tsx';
import type { Task } from '../parts/use-task.ts';
import { useTitle } from '../parts/use-title.ts';
import { canSignIn, learnMe, me, parting, signIn } from '../session.ts';

/** A key is pasted once and exchanged for the cookie. `entry` has failed where nobody knows who is signed in. */
export function SignIn({ entry: { busy, error, run } }: { entry: Task }) {
  useTitle('Sign in');
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const key = String(new FormData(form).get('key')).trim();
    form.reset();
    void run(() => signIn(key));
  }
  return (
    <main class="narrow sign-in">
      <h1>Headway</h1>
      {parting.value && <p role="status">{parting.value}</p>}
      {canSignIn ? (
        <form onSubmit={submit} class="stack">
          <label>
            API key
            <input
              name="key"
              type="password"
              required
              autoComplete="off"
              placeholder="hw_…"
              spellcheck={false}
            />
          </label>
          <p class="hint">
            The key is exchanged for a sign-in of eight hours at most and not kept here. Whoever runs the
            service makes keys; <code>npm start</code> prints a link that signs in by itself.
          </p>
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      ) : (
        <p class="failure" role="alert">
          To sign in, this page has to come by https: on plain http a sign-in could be read on its way. Put
          the service behind a proxy with TLS, or open it as localhost on its own machine.
        </p>
      )}
      <Failure error={error.value} {...(me.value === undefined ? { again: () => void run(learnMe) } : {})} />
    </main>
  );
}
