import type { Patch } from './patch.ts';

const PARENTS = 'test/services/jobs/parents.test.ts';
const ROLLUP = 'test/objects/rollup.test.ts';
const CHILDREN = 'src/domain/job/children.ts';
const SCHEMA = 'src/objects/org-index/rollup-schema.ts';

/** What would count a child twice or not at all, or make of children what they don’t come to. */
export const FAMILY_PATCHES: readonly Patch[] = [
  {
    name: 'a family cancelled by a request that is refused for its key',
    file: 'src/services/bulk/cancel-with-children.ts',
    find: 'if (conflict || (isTerminal',
    replace: 'if ((isTerminal',
    suite: 'test/services/bulk/cancel-with-children.test.ts',
  },
  {
    name: 'a family cancelled on a key that was taken meanwhile',
    file: 'src/services/bulk/bulk-verbs.ts',
    find: 'const own = jobId === parent ? parent_key : undefined;',
    replace: 'const own = jobId === parent_key?.key ? parent_key : undefined;',
    suite: 'test/services/bulk/cancel-with-children.test.ts',
  },
  {
    name: 'a family that goes on where its job was deleted before its operation came to it',
    file: 'src/objects/bulk/advance-bulk.ts',
    find: 'job_id === spec.parent && STAYS.includes(code)',
    replace: 'job_id === spec.parent',
    suite: 'test/objects/bulk-steps.test.ts',
  },
  {
    name: 'children beyond what a job may have',
    file: CHILDREN,
    find: 'if (count >= CHILD_LIMIT) return null;',
    replace: '',
    suite: PARENTS,
  },
  {
    name: 'a child that comes again counted again',
    file: CHILDREN,
    find: 'if (newest.includes(core)) return toldAgain(children, { ...again, [core]: (again[core] ?? 0) + 1 });',
    replace: '',
    suite: PARENTS,
  },
  {
    name: 'a child that was made counted no more, since another request of its key was refused',
    file: CHILDREN,
    find: 'if (more > 0) return toldAgain(children, { ...again, [core]: more - 1 });',
    replace: '',
    suite: PARENTS,
  },
  {
    name: 'the rerun of a child that its index alone knows of',
    file: 'src/services/jobs/create-job.ts',
    find: 'parent === null ? adoptRerun(caller, parent_job_id, core) : adopt(caller, parent, core);',
    replace: 'parent === null ? null : adopt(caller, parent, core);',
    suite: 'test/services/bulk/cancel-with-children.test.ts',
  },
  {
    name: 'a child that was refused counted for good',
    file: 'src/services/jobs/create-job.ts',
    find: "if (parent !== null && answer.value.outcome === 'refused') await disown(caller, parent, core);",
    replace: '',
    suite: PARENTS,
  },
  {
    name: 'the child of a child',
    file: 'src/objects/job/job-do.ts',
    find: 'if (stored === null || isChild(stored.job)) return null;',
    replace: 'if (stored === null) return null;',
    suite: PARENTS,
  },
  {
    name: 'the rerun of a child in another shard than its chain',
    file: 'src/services/jobs/create-job.ts',
    find: 'parent_job_id && lineage !== null ? shardOf(lineage.rerun_of) :',
    replace: "lineage !== null && core === '' ? shardOf(lineage.rerun_of) :",
    suite: PARENTS,
  },
  {
    name: 'what children come to shown with those that its reader does not reach',
    file: 'src/services/jobs/children.ts',
    find: 'if (!isLimited(principal)) return null;',
    replace: "if (!isLimited(principal) || tag !== '') return null;",
    suite: PARENTS,
  },
  {
    name: 'a job and its rerun both counted for their parent',
    file: SCHEMA,
    find: "addUp(itself(1, 'new'), another(-1, 'new'))",
    replace: "addUp(itself(1, 'new'))",
    suite: ROLLUP,
  },
  {
    name: 'a child that is gone weighs on',
    file: SCHEMA,
    find: "addUp(itself(-1, 'old'), another(1, 'old'))",
    replace: "addUp(another(1, 'old'))",
    suite: ROLLUP,
  },
  {
    name: 'children that are further than a hundred percent or less than none',
    file: SCHEMA,
    find: 'min(10000, max(0, CAST(round(',
    replace: 'min(100000, max(-10000, CAST(round(',
    suite: ROLLUP,
  },
  {
    name: 'sums of children that leave 64 bits',
    file: SCHEMA,
    find: 'export const HALF = 1_000_000;',
    replace: 'export const HALF = 1;',
    suite: ROLLUP,
  },
  {
    name: 'what children come to left wrong by a verification',
    file: 'src/objects/org-index/repairer.ts',
    find: 'if (this.#rollups.isRight(parent)) continue;',
    replace: "if (parent !== '') continue;",
    suite: PARENTS,
  },
];
