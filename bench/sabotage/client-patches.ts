import type { Patch } from './patch.ts';

const OUTBOX = 'test/client/outbox.test.ts';
const SAID = 'test/cli/said.test.ts';

/** What would have a worker’s client or the command line lose what was said, say it twice, or give a secret away. */
export const CLIENT_PATCHES: readonly Patch[] = [
  {
    name: 'reports that are sent again under other numbers',
    file: 'src/client/outbox.ts',
    find: '    if (this.#sealed !== null) return this.#sealed;\n',
    replace:
      '    if (this.#sealed !== null) this.#number(this.#sealed.reports, this.#sealed.through);\n    if (this.#sealed !== null) return this.#sealed;\n',
    suite: OUTBOX,
  },
  {
    name: 'what is said while a request is under way forgotten with its answer',
    file: 'src/client/outbox.ts',
    find: '    this.#sealed = null;\n    return through;',
    replace:
      '    this.#sealed = null;\n    this.gathering.take({ reports: 999, units: 160_000 });\n    return through;',
    suite: OUTBOX,
  },
  {
    name: 'entries that are dropped without a word',
    file: 'src/client/outbox.ts',
    find: 'if (dropped !== null) told(dropped);',
    replace: '',
    suite: OUTBOX,
  },
  {
    name: 'what is added to a counter that was set lost',
    file: 'src/client/coalesce.ts',
    find: 'joined[into] = (fields[into] ?? 0) + delta;',
    replace: 'joined[into] = fields[into] ?? delta;',
    suite: 'test/client/coalesce.test.ts',
  },
  {
    name: 'metadata that is said again taken for more each time',
    file: 'src/client/coalesce.ts',
    find: '(told > 0 ? textSize(joined) - textSize(fields) - told : 0)',
    replace: '0',
    suite: 'test/client/coalesce.test.ts',
  },
  {
    name: 'numbers that stay below those of another under the same name',
    file: 'src/client/outbox.ts',
    find: 'this.#next = Math.max(this.#next, last + 1);',
    replace: 'this.#next = Math.min(this.#next, last + 1);',
    suite: 'test/client/reporting.test.ts',
  },
  {
    name: 'a client that comes back before it may',
    file: 'src/client/pause.ts',
    find: 'if (retryAfter !== null) return retryAfter + Math.random() * FIRST;',
    replace: 'if (retryAfter !== null) n = 1;',
    suite: 'test/client/reporting.test.ts',
  },
  {
    name: 'a job that fails of an error which its process outlives',
    file: 'src/client/last-words.ts',
    find: 'if (handled) outlived = { error };',
    replace: 'if (!handled) outlived = { error };',
    suite: 'test/client/reporting.test.ts',
  },
  {
    name: 'a report that is lost for one field of it that is wrong',
    file: 'src/client/outbox.ts',
    find: '  if (paths.includes(at)) return {};',
    replace: '  if (isNamed(at)) return {};',
    suite: 'test/client/refused.test.ts',
  },
  {
    name: 'a time that is too long for a timer and ends at once',
    file: 'src/client/pause.ts',
    find: 'return Math.max(Math.min(ms, LONGEST_TIMER), 0);',
    replace: 'return Math.max(ms, 0);',
    suite: 'test/client/asking.test.ts',
  },
  {
    name: 'a DELETE that was told to come again taken for done',
    file: 'src/client/transport.ts',
    find: 'lost ||= !isBusy;',
    replace: 'lost = true;',
    suite: 'test/client/asking.test.ts',
  },
  {
    name: 'a cancel that ends what was there before the command',
    file: 'src/cli/run/group.ts',
    find: '!others.has(each) && each.began >= command.began',
    replace: '!others.has(each)',
    suite: SAID,
  },
  {
    name: 'a key that is shown by what refuses it',
    file: 'src/client/service.ts',
    find: '    if (/[^!-~]/.test(String(this.credential))) {',
    replace: '    if (/[^!-~]/.test(String(credential?.length))) {',
    suite: 'test/client/asking.test.ts',
  },
  {
    name: 'a page of a proxy taken for the refusal of a job',
    file: 'src/client/headway-error.ts',
    find: "return passing || code === 'unexpected';",
    replace: 'return passing;',
    suite: 'test/client/away.test.ts',
  },
  {
    name: 'an old delivery that is good for ever',
    file: 'src/client/verify-webhook.ts',
    find: 'Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds',
    replace: 'Number(timestamp) - now / 1_000 > toleranceSeconds',
    suite: 'test/client/asking.test.ts',
  },
  {
    name: 'a secret that is masked as it is and told in base64',
    file: 'src/cli/said/written-as.ts',
    find: ', ...inBase64(secret)]',
    replace: ']',
    suite: SAID,
  },
  {
    name: 'a line that is meant silenced by one that was guessed',
    file: 'src/cli/said/child-progress.ts',
    find: 'if (count !== undefined && counts && by >= this.#countedBy) {',
    replace: 'if (count !== undefined && counts && by <= this.#countedBy) {',
    suite: SAID,
  },
  {
    name: 'an exit code that hides what has failed',
    file: 'src/cli/watch/outcome.ts',
    find: "if (statuses.includes('failed')) return EXIT.failed;",
    replace: "if (statuses.every((status) => status === 'failed')) return EXIT.failed;",
    suite: 'test/cli/layout.test.ts',
  },
  {
    name: 'a command that tells everyone the address that it reports by',
    file: 'src/cli/run/run-job.ts',
    find: 'this.#mask = masking(process.env, this.environment(process.env), { HEADWAY_API_KEY: apiKey });',
    replace: 'this.#mask = masking(process.env, { HEADWAY_API_KEY: apiKey });',
    suite: 'test/cli/run.test.ts',
  },
];
