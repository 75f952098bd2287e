import type { Patch } from './patch.ts';

const COMMIT = 'src/objects/job/commit.ts';

/** What would lose a change, apply one twice, or let one through that must not be. */
export const JOB_PATCHES: readonly Patch[] = [
  {
    name: 'answer before the write',
    file: COMMIT,
    find: 'const bound = store.save(stored.job, change, books, most);',
    replace:
      'const bound = new Set<EntryKind>(); void scheduler.wait(1).then(() => store.save(stored.job, change, books, most));',
    suite: 'simulation',
  },
  {
    name: 'memory that outlives a rollback',
    file: 'src/objects/job/job-store.ts',
    find: '    this.#known = null;',
    replace: '',
    suite: 'test/objects/layer-group.test.ts',
  },
  {
    name: 'an answer that throws taken for a commit that failed',
    file: 'src/objects/kit/commit-queue.ts',
    find: '    for (const [index, member] of group.entries()) tell(() => member.resolve(answers[index] as Answer));',
    replace: `    try {
      for (const [index, member] of group.entries()) member.resolve(answers[index] as Answer);
    } catch {
      for (const member of group) if (group.length > 1) this.#commit([member]);
    }`,
    suite: 'test/objects/commit-queue.test.ts',
  },
  {
    name: 'a counter added twice',
    file: 'src/domain/job/report.ts',
    find: '_items`] = sum;',
    replace: '_items`] = sum + delta;',
    suite: 'simulation',
  },
  {
    name: 'a key’s record that is not kept',
    file: COMMIT,
    find: 'if (step.record !== null) records.set(step.record.key, step.record);',
    replace: 'if (step.record !== null) ledger.remember([step.record]);',
    suite: 'simulation',
  },
  {
    name: 'a sequence that is applied again',
    file: 'src/domain/job/transition.ts',
    find: "if (last !== undefined && sequence === last) return skipped(quiet(), 'duplicate', last);",
    replace: '',
    suite: 'simulation',
  },
  {
    name: 'a stale mark answered 200',
    file: 'src/services/jobs/jobs.ts',
    find: "if (reason !== 'stale' && !isStale(verdicts ?? [])) return answer;",
    replace: 'if (verdicts !== null || reason !== null) return answer;',
    suite: 'test/dialects/stale-sequence.test.ts',
  },
  {
    name: 'a sign of life by a sequence below the last',
    file: 'src/domain/job/transition.ts',
    find: "return skipped(unchanged(job), 'stale', last);",
    replace: "return skipped(quiet(), 'stale', last);",
    suite: 'test/dialects/stale-sequence.test.ts',
  },
  {
    name: 'idempotency without the body’s hash',
    file: COMMIT,
    find: 'if (isSameBody(kept.body, key))',
    replace: 'if (kept.body !== "")',
    suite: 'test/objects/layer-keys.test.ts',
  },
  {
    name: 'a key whose body is compared by its bytes',
    file: 'src/objects/job/key-ledger.ts',
    find: 'return value ?? body;',
    replace: 'return body;',
    suite: 'test/dialects/same-body.test.ts',
  },
  {
    name: 'a reporter that gives way before its day is over',
    file: 'src/domain/job/sequences.ts',
    find: 'if (isFull && now - oldest(sequences) < DAY) return null;',
    replace: 'if (isFull && now < oldest(sequences)) return null;',
    suite: 'test/domain/job/sequences.test.ts',
  },
  {
    name: 'a creation’s key without the body’s hash',
    file: 'src/objects/job/job-creation.ts',
    find: 'if (!isSameBody(present.books.created_digest, key))',
    replace: 'if (present.books.created_digest === null)',
    suite: 'test/objects/layer-keys.test.ts',
  },
  {
    name: 'terminal that does not absorb',
    file: 'src/domain/job/transition.ts',
    find: 'return isTerminal(job.status) && !(cell',
    replace: 'return job.status === "failed" && !(cell',
    suite: 'test/domain/job/properties.test.ts',
  },
  {
    name: 'work that starts no job',
    file: 'src/domain/job/report.ts',
    find: '(report.mark_started || tellsWork(report) ||',
    replace: '(report.mark_started ||',
    suite: 'test/domain/job/properties.test.ts',
  },
  {
    name: 'one member’s refusal spilling over its group',
    file: 'src/domain/job/transition.ts',
    find: 'if (refusal !== null) return rejected(quiet(), refusal);',
    replace: 'if (refusal !== null) return rejected(draft.finish(now, true), refusal);',
    suite: 'test/objects/layer-group.test.ts',
  },
  {
    name: 'one member’s bug spilling over its group',
    file: 'src/objects/kit/commit-queue.ts',
    find: 'if (others.length > 0) for (const member of group) this.#commit([member]);',
    replace: 'if (others.length > 0) for (const member of group) member.reject(cause);',
    suite: 'test/objects/layer-group.test.ts',
  },
  {
    name: 'a plain Object.assign in the merge',
    file: 'src/domain/base/json.ts',
    find: "if (key === '__proto__') {",
    replace: 'if (object === undefined) {',
    suite: 'test/domain/base/layer-merge-patch.test.ts',
  },
  {
    name: 'a merge patch that measures all the metadata each time',
    file: 'src/domain/base/merge-patch.ts',
    find: 'this.#sizes.get(target) ?? jsonSize(target)',
    replace: 'jsonSize(target)',
    suite: 'test/domain/job/unit-cost.test.ts',
  },
  {
    name: 'a sealed object changed in place',
    file: 'src/domain/base/merge-patch.ts',
    find: 'if (this.#own.size > 0) this.#own = new Map();',
    replace: '',
    suite: 'test/domain/base/layer-merge-patch.test.ts',
  },
  {
    name: 'a log’s cursor that forgets what a filter passed over',
    file: 'src/objects/job/entry-store.ts',
    find: 'passed[kind] = n;',
    replace: '',
    suite: 'test/objects/entry-pages.test.ts',
  },
  {
    name: 'a page that does not tell what its ring has dropped',
    file: 'src/objects/job/entry-page.ts',
    find: 'Math.max(row.row.n - after - 1, 0)',
    replace: 'Math.min(row.row.n - after - 1, 0)',
    suite: 'test/objects/entry-pages.test.ts',
  },
  {
    name: 'a page of the log that tells of none that were dropped',
    file: 'src/objects/job/entry-store.ts',
    find: 'if (told !== undefined) dropped +=',
    replace: 'if (told === undefined) dropped +=',
    suite: 'test/objects/entry-pages.test.ts',
  },
  {
    name: 'a heartbeat that is welcome after the end',
    file: 'src/domain/job/transition.ts',
    find: 'isOver(job, cell, now) ? rejected(unchanged(job), terminal(job)) : accepted',
    replace: 'isOver(job, cell, now) ? accepted(unchanged(job)) : accepted',
    suite: 'test/domain/job/status-table.test.ts',
  },
];
