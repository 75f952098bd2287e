import type { Patch } from './patch.ts';

const RUNS = 'test/dialects/line-runs.test.ts';

/** What would lose or invent what a program's text says, without a word. */
export const LINE_PATCHES: readonly Patch[] = [
  {
    name: 'a percentage that starts no job',
    file: 'src/domain/job/report.ts',
    find: ' || countsShare(report, job, share)',
    replace: '',
    suite: 'test/dialects/work-starts.test.ts',
  },
  {
    name: 'an exit code that can’t be read taken for a success',
    file: 'src/domain/line/exit-code.ts',
    find: "warned.includes(read) ? 'warned' : 'failed'",
    replace: "warned.includes(read) ? 'warned' : digits === undefined ? 'done' : 'failed'",
    suite: 'test/dialects/line.test.ts',
  },
  {
    name: 'the last state of a text that went on left out',
    file: 'src/dialects/line/report-running.ts',
    find: 'const said = running.news() ?? {};',
    replace: 'const said = {} as Said;',
    suite: RUNS,
  },
  {
    name: 'a lost report of a text that goes on forgotten',
    file: 'src/services/watching/running-reports.ts',
    find: 'this.#text.untell();',
    replace: '',
    suite: RUNS,
  },
  {
    name: 'a silent line kept alive for good',
    file: 'src/services/watching/running-reports.ts',
    find: 'now - this.#heard < this.#times.silence && ',
    replace: '',
    suite: RUNS,
  },
  {
    name: 'the last count of a text that is over at once forgotten',
    file: 'src/dialects/line/report-running.ts',
    find: '...(count === undefined ? {} : { count })',
    replace: '',
    suite: RUNS,
  },
  {
    name: 'half a bar read as a count',
    file: 'src/domain/line/running-text.ts',
    find: 'drawn && this.#draws',
    replace: 'drawn',
    suite: 'test/domain/line/running-text.test.ts',
  },
  {
    name: 'the end of a long failure’s text lost',
    file: 'src/domain/line/head-and-tail.ts',
    find: 'this.#tail = tail.slice(-KEPT);',
    replace: 'this.#tail = tail.slice(0, KEPT);',
    suite: 'test/dialects/line.test.ts',
  },
  {
    name: 'a link that reports because a browser looked at it',
    file: 'src/dialects/line/confirm-page.ts',
    find: "headers.get('Sec-Fetch-Mode') === 'navigate' || ",
    replace: '',
    suite: 'test/dialects/line-link.test.ts',
  },
  {
    name: 'a running program taken for the one that watches it',
    file: 'src/services/watching/running-reports.ts',
    find: 'watches: false,',
    replace: 'watches: true,',
    suite: 'test/dialects/line-runs.test.ts',
  },
];
