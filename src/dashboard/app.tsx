import { useEffect } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { keyboard, Shortcuts } from './keyboard.tsx';
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
import { learnMe, may, me, signOut } from './session.ts';

/** The whole page: who is signed in decides what it is. */
export function App() {
  return (
    <LocationProvider scope="/ui">
      <Gate />
    </LocationProvider>
  );
}

function Gate() {
  const { path } = useLocation();
  const { error, run } = useTask();
  const onWall = path === '/ui/wall' && location.hash.includes('token=');
  // Asked once, when the page is opened.
  useEffect(() => {
    if (!onWall) void run(learnMe);
  }, []);
  if (onWall) return <Wall />;
  if (me.value === undefined)
    return (
      <main class="narrow">
        {error.value === null ? <Loading /> : <Failure error={error.value} again={() => void run(learnMe)} />}
      </main>
    );
  if (me.value === null) return <SignIn />;
  return <Signed />;
}

function Signed() {
  useEffect(keyboard, []);
  return (
    <>
      <Header />
      <Router>
        <Route path="/ui" component={Jobs} />
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
  const { run } = useTask();
  const links: [href: string, name: string, shown: boolean][] = [
    ['/ui/', 'Jobs', may.value.has('job:read')],
    ['/ui/webhooks', 'Webhooks', may.value.has('webhook:manage')],
    ['/ui/hooks', 'Hooks', may.value.has('webhook:manage')],
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
            <a key={href} href={href} {...(path === href ? { 'aria-current': 'page' as const } : {})}>
              {name}
            </a>
          ) : null,
        )}
      </nav>
      <span class="who">{me.value?.organization_id}</span>
      <button type="button" onClick={() => void run(signOut)}>
        Sign out
      </button>
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
