import { Empty } from '../../parts/notice.tsx';
import { may } from '../../session.ts';

export function NoMatch() {
  return (
    <Empty>
      <p>
        No job matches. <a href="/ui/">Show all</a>
      </p>
    </Empty>
  );
}

export function NoJobs() {
  return (
    <Empty>
      <p>
        No jobs yet.{' '}
        {may.value.has('job:create') ? (
          <>
            <a href="/ui/new">Make one to try</a>, or have
          </>
        ) : (
          'Have'
        )}{' '}
        a program report:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard too (WCAG 2.2, 2.1.1). */}
      <pre tabIndex={0}>{`curl ${location.origin}/api/jobs \\
  -H 'Authorization: Bearer <your key>' -H 'Content-Type: application/json' \\
  -d '{"job_type": "import", "total_items": 100}'`}</pre>
    </Empty>
  );
}
