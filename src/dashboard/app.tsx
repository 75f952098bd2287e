import { useEffect } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { keyboard, Shortcuts, showKeys } from './keyboard.tsx';
import { askForSignIn, watchSignIn } from './live/sign-in-watch.ts';
import { Access } from './pages/access.tsx';
import { Hooks } from './pages/hooks.tsx';
import { Job } from './pages/job.tsx';
import { Jobs } from './pages/jobs.tsx';
import { NewJob } from './pages/new-job.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Wall } from './pages/wall.tsx';
import { Webhooks } from './pages/webhooks.tsx';
import { Failure, Loading } from './parts/notice.tsx';
import { useTask } from './parts/use-task.ts';
import { useTitle } from './parts/use-title.ts';
import { token } from './service.ts';
import { ended, enterByLink, may, me, signOut } from './session.ts';

/** What a token opens leads nowhere else: other pages begin anew, without it. */
const SCOPE = token === null ? '/ui' : /(?!)/;

/** The whole page: who is signed in decides what it is. */
export function App() {
  return <LocationProvider scope={SCOPE}>{token === null ? <Gate /> : <Shared />}</LocationProvider>;
}

function Gate() {
  const entry = useTask();
  // Asked once, when the page is opened.
  useEffect(() => {
    void entry.run(enterByLink);
  }, []);
  if (me.value)
    return (
      <>
        <Failure error={entry.error.value} />
        <Signed />
      </>
    );
  if (me.value === null || entry.error.value !== null) return <SignIn entry={entry} />;
  return (
    <main class="narrow">
      <Loading />
    </main>
  );
}

/** What is opened by a token: to be read, without a sign-in. */
function Shared() {
  // What the link has opened is shown no longer than it opens.
  if (ended.value) return <LinkEnded />;
  return (
    <Router>
      <Route path="/ui/jobs/:id" component={SharedJob} />
      <Route path="/ui/wall" component={Wall} />
      <Route default component={Nowhere} />
    </Router>
  );
}

function LinkEnded() {
  useTitle('');
  return (
    <main>
      <h1>Headway</h1>
      <Failure error="This link opens nothing any more: it has ended, or was revoked." />
    </main>
  );
}

function SharedJob() {
  return (
    <>
      <header class="top">
        <a class="brand" href="/ui/">
          Headway
        </a>
        <span class="who">shared with you, to read</span>
      </header>
      <Job />
    </>
  );
}

function Signed() {
  const organization = me.value?.organization_id ?? '';
  const reads = may.value.has('job:read');
  useEffect(keyboard, []);
  useEffect(() => (reads ? watchSignIn(organization) : askForSignIn()), [organization, reads]);
  return (
    <>
      <Header />
      <Router>
        <Route path="/ui" component={reads ? Jobs : Access} />
        <Route path="/ui/jobs/:id" component={Job} />
        <Route path="/ui/new" component={NewJob} />
        <Route path="/ui/webhooks" component={Webhooks} />
        <Route path="/ui/hooks" component={Hooks} />
        <Route path="/ui/access" component={Access} />
        <Route path="/ui/wall" component={Wall} />
        <Route default component={Nowhere} />
      </Router>
      <Shortcuts />
    </>
  );
}

function Header() {
  const { path } = useLocation();
  const { error, run } = useTask();
  const reads = may.value.has('job:read');
  const shownPath = path === '/ui' && !reads ? '/ui/access' : path;
  const links: [href: string, name: string, shown: boolean][] = [
    ['/ui/', 'Jobs', reads],
    ['/ui/new', 'New job', !reads && may.value.has('job:create')],
    ['/ui/webhooks', 'Webhooks', may.value.has('webhook:manage')],
    ['/ui/hooks', 'Hooks', may.value.has('webhook:manage') && may.value.has('job:create')],
    ['/ui/access', 'Access', true],
  ];
  return (
    <header class="top">
      <a class="brand" href="/ui/">
        Headway
      </a>
      <nav aria-label="Main">
        {links.map(([href, name, shown]) =>
          shown ? (
            <a
              key={href}
              href={href}
              {...(shownPath === href.replace(/\/$/, '') ? { 'aria-current': 'page' as const } : {})}
            >
              {name}
            </a>
          ) : null,
        )}
      </nav>
      <span class="who" title={me.value?.organization_id}>
        {me.value?.organization_id}
      </span>
      <button type="button" onClick={showKeys}>
        Keys
      </button>
      {me.value?.signed_in_by === 'session' && (
        <button type="button" onClick={() => void run(signOut)}>
          Sign out
        </button>
      )}
      <Failure error={error.value} />
    </header>
  );
}

function Nowhere() {
  return (
    <main>
      <h1>Nothing is here</h1>
      <a href="/ui/">All jobs</a>
    </main>
  );
}
