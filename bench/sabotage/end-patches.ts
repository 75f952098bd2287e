import type { Patch } from './patch.ts';

const LIMITS = 'src/http/within-limits.ts';
const LINE = 'src/dialects/line/routes.ts';

/** What would change what a worker said beside its end, or lose the end itself; and what readers would be told wrongly. */
export const END_PATCHES: readonly Patch[] = [
  {
    name: 'a null beside an end made an error by a limit broken elsewhere',
    file: LIMITS,
    find: 'return kept === undefined ? {} : kept;',
    replace: 'return kept ?? {};',
    suite: 'test/attack/doors-end-limits.test.ts',
  },
  {
    name: 'a mark that breaks a limit taken for one that was never there',
    file: LIMITS,
    find: 'return isEnd({ [field]: mark }) ? true : null;',
    replace: 'return isEnd({ [field]: mark }) ? true : (undefined as never);',
    suite: 'test/attack/doors-end-limits.test.ts',
  },
  {
    name: 'a program’s exit refused for the size of its output',
    file: LINE,
    find: 'readBody(incoming, END_LIMIT, organization, call)',
    replace: 'readBody(incoming, BODY_LIMIT, organization, call)',
    suite: 'test/dialects/line.test.ts',
  },
  {
    name: 'a program’s exit in an address passed over',
    file: LINE,
    find: 'const read = runs ? orExit(verb) : verb;',
    replace: 'const read = verb;',
    suite: 'test/dialects/line.test.ts',
  },
  {
    name: 'a report of which nothing was taken told as applied',
    file: 'src/domain/job/transition.ts',
    find: "if (isLeftOut(input, ignored)) return skipped(quiet(), 'ignored', undefined, ignored);",
    replace: '',
    suite: 'test/attack/doors-end-lists.test.ts',
  },
  {
    name: 'an end refused for the type of its frame',
    file: 'src/dialects/native/reports/socket-frames.ts',
    find: "return type !== 'ping' && type !== 'pong' && (report !== null || reports !== null);",
    replace: 'return false;',
    suite: 'test/watch/reports-bad.test.ts',
  },
  {
    name: 'a batch lost beside an end in its frame without a warning',
    file: 'src/dialects/native/reports/report-frames.ts',
    find: 'if (lost.length > 0 && ending !== undefined)',
    replace: 'if (lost.length < 0 && ending !== undefined)',
    suite: 'test/watch/reports-bad.test.ts',
  },
  {
    name: 'a cursor spelled as a list passed over',
    file: 'src/http/read-query.ts',
    find: "written.replace(INDEXED, '') === name",
    replace: 'written === name',
    suite: 'test/attack/bad-input-cursors.test.ts',
  },
  {
    name: 'a job told as settled by what was shown of it before',
    file: 'src/dialects/read-job.ts',
    find: 'if (isSettled(summary, asked)) return SETTLED;',
    replace: 'if (isSettled(summary, Date.now())) return SETTLED;',
    suite: 'test/http/conditional-jobs.test.ts',
  },
];
