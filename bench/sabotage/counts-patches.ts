import type { Patch } from './patch.ts';

const COUNTS = 'test/objects/job-counts.test.ts';
const COUNTED = 'src/objects/org-index/count-schema.ts';
const METRICS = 'test/dialects/metrics.test.ts';

/** What would make the counts of jobs, and what is measured, say what is not so, or say it to somebody else. */
export const COUNT_PATCHES: readonly Patch[] = [
  {
    name: 'counts that a deletion leaves as they were',
    file: COUNTED,
    find: 'AFTER DELETE ON summary WHEN ',
    replace: 'AFTER DELETE ON summary WHEN 0 AND ',
    suite: COUNTS,
  },
  {
    name: 'counts of what waits to be counted',
    file: COUNTED,
    find: '.n > counted AND',
    replace: '.n > counted AND 0 AND',
    suite: COUNTS,
  },
  {
    name: 'counts that drift from the list, and no sweep compares them',
    file: 'src/objects/org-index/shard-stats.ts',
    find: 'this.#counts.areRight === false',
    replace: 'this.#counts.areRight === null',
    suite: 'test/objects/repair.test.ts',
  },
  {
    name: 'counts that drift from the list, and no verification counts them anew',
    file: 'src/objects/org-index/shard-stats.ts',
    find: 'this.#counts.areRight !== true',
    replace: 'this.#counts.areRight === null',
    suite: COUNTS,
  },
  {
    name: 'counts that are under way shown as whole',
    file: 'src/objects/org-index/stats-reader.ts',
    find: 'complete && !this.#counts.isBehind && !isShared',
    replace: 'complete && !isShared',
    suite: COUNTS,
  },
  {
    name: 'types beyond those that are shown left out of the share of the others',
    file: 'src/domain/job/stats.ts',
    find: '(named.has(job_type) ? job_type : SHARED)',
    replace: 'job_type',
    suite: COUNTS,
  },
  {
    name: 'a type that some shard counts among the others shown as if it were all of it',
    file: 'src/domain/job/stats.ts',
    find: '.filter(([job_type]) => full.every((types) => types.has(job_type)))',
    replace: '',
    suite: COUNTS,
  },
  {
    name: 'an end that is told twice counted twice',
    file: 'src/objects/org-index/job-history.ts',
    find: '(before === null || !isOutcome(before))',
    replace: 'before !== undefined',
    suite: COUNTS,
  },
  {
    name: 'ends by the hour that are gone with one end by a clock that was ahead',
    file: 'src/objects/org-index/job-history.ts',
    find: 'rows.filter(({ id }) => id <= idOf(kind, now)).slice(0, -DAYS)',
    replace: 'rows.filter(({ id }) => id <= (rows.at(-1)?.id ?? now) - DAYS)',
    suite: 'test/objects/job-history.test.ts',
  },
  {
    name: 'counts of all types for a key that is for some',
    file: 'src/services/jobs/job-stats.ts',
    find: '...(asked ? { job_types: asked } : {}),',
    replace: '...(job_type === undefined ? {} : { job_types: [job_type] }),',
    suite: 'test/services/jobs/job-stats.test.ts',
  },
  {
    name: 'metrics that tell a key what every organization did',
    file: 'src/dialects/native/metrics/routes.ts',
    find: 'own === undefined ? tally.all : tally.of(own)',
    replace: 'tally.all',
    suite: METRICS,
  },
  {
    name: 'a key that names another organization and is shown metrics all the same',
    file: 'src/dialects/native/metrics/routes.ts',
    find: 'if (own !== undefined && named.some((one) => one !== own)) {',
    replace: "if (own === '') {",
    suite: METRICS,
  },
  {
    name: 'an endpoint that is behind in no shard which it has not come to',
    file: 'src/dialects/native/metrics/families.ts',
    find: '(through[shard] ?? 0)',
    replace: '(through[shard] ?? events)',
    suite: METRICS,
  },
  {
    name: 'slow jobs of the types that share their numbers left out of the whole',
    file: 'src/domain/job/stats.ts',
    find: 'slow: all.reduce(',
    replace: 'slow: all.filter(({ job_type }) => named.has(job_type)).reduce(',
    suite: 'test/domain/job/stats.test.ts',
  },
  {
    name: 'a label that begins a line of its own',
    file: 'src/dialects/native/metrics/exposition.ts',
    find: ".replaceAll('\\n', '\\\\n')",
    replace: '',
    suite: METRICS,
  },
];
