import { Empty } from '../../parts/notice.tsx';
import { may } from '../../session.ts';

export function NoJobs({ filtered }: { filtered: boolean }) {
  if (filtered)
    return (
      <Empty>
        <p>
          No job matches. <a href="/ui/">Show all</a>
        </p>
      </Empty>
    );
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
      <pre>{`curl ${location.origin}/api/jobs \\
  -H 'Authorization: Bearer <your key>' -H 'Content-Type: application/json' \\
  -d '{"job_type": "import", "total_items": 100}'`}</pre>
    </Empty>
  );
}
