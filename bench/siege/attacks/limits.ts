/** An organization at all of its limits: what it is refused costs its neighbour nothing to speak of. */
import type { Attack } from '../attack.ts';

/** Far less than anyone asks for by default, and more than the victim asks for. */
const SETTINGS = {
  SHIELD_LIMIT: '2000',
  LIMITS: JSON.stringify({
    ...{ creates_per_minute: 300, creates_burst: 30, jobs: 200 },
    ...{ reports_per_second: 20, reports_burst: 40, streams: 5, waits: 5 },
  }),
};
/** Callers at a time, each again as soon as it was answered. */
const CALLERS = 6;

export const LIMITS: Attack[] = [
  {
    name: 'at-its-limits',
    settings: SETTINGS,
    factor: 2,
    proof: { 'over the rate of jobs': 10, 'over the rate of reports': 50, 'over the streams': 10 },
    async prepare(ground) {
      const job = await ground.job();
      const progress = `/api/jobs/${job}/progress`;
      return (calledOff) =>
        ground.loops(CALLERS, calledOff, async (n) => {
          if (n % 3 === 0) {
            const made = await ground.ask('POST', '/api/jobs/', {
              body: { job_type: 'import', total_items: 1 },
            });
            if (made?.status === 429) ground.tally.did(`over the rate of ${limitIn(made.text)}`);
          } else if (n % 3 === 1) {
            const told = await ground.ask('POST', progress, { body: { processed_items: n } });
            if (told?.status === 429) ground.tally.did(`over the rate of ${limitIn(told.text)}`);
          } else {
            const open = await ground.stream(`/api/jobs/${job}/stream`);
            if (open === null) ground.tally.did('over the streams');
          }
        });
    },
  },
];

/** What a 429 is about: the service says it in words, before its numbers. */
function limitIn(problem: string): string {
  const { detail = '' } = JSON.parse(problem) as { detail?: string };
  return /\b(jobs|reports|requests)\b/.exec(detail)?.[1] ?? 'something else';
}
