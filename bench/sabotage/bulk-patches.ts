import type { Patch } from './patch.ts';

const BULK = 'test/services/bulk/bulk.test.ts';
const CALLERS = 'test/services/bulk/bulk-callers.test.ts';
const PAGE = 'src/services/bulk/bulk-page.ts';
const ADVANCE = 'src/objects/bulk/advance-bulk.ts';
const OBJECT = 'src/objects/bulk/bulk-do.ts';
const OPENS = 'test/objects/bulk-opens.test.ts';

/** What would make a bulk operation act twice, on what is not its to act on, or count what it did not do. */
export const BULK_PATCHES: readonly Patch[] = [
  {
    name: 'a bulk operation on all jobs by a filter that names nothing',
    file: 'src/dialects/native/jobs/list-filter.ts',
    find: "value !== undefined && value !== '' && !isNone(value)",
    replace: 'value !== undefined && !isNone(value)',
    suite: BULK,
  },
  {
    name: 'a bulk operation that acts on its own jobs',
    file: PAGE,
    find: 'if (isBulkType(job.job_type)) return true;',
    replace: '',
    suite: BULK,
  },
  {
    name: 'a bulk operation that runs again what it has made',
    file: PAGE,
    find: 'return core === coreOf(job.job_id);',
    replace: 'return core === job.job_id;',
    suite: BULK,
  },
  {
    name: 'a bulk operation that acts twice where its page was cut off',
    file: 'src/services/bulk/bulk-verbs.ts',
    find: 'rerunJob(caller, jobId, items, request, {}, trace)',
    replace: 'rerunJob(caller, jobId, items, null, {}, trace)',
    suite: BULK,
  },
  {
    name: 'a page of a bulk operation begun before it is kept',
    file: ADVANCE,
    find: 'if (place.page.length > 0) keep(place);',
    replace: '',
    suite: BULK,
  },
  {
    name: 'what a page has deleted before a crash counted as a failure',
    file: 'src/services/bulk/bulk-verbs.ts',
    find: "(repeated && deleted.rejection.code === 'job_not_found')",
    replace: "(repeated && deleted.rejection.code === 'unavailable')",
    suite: BULK,
  },
  {
    name: 'a bulk operation that goes on after it was cancelled',
    file: ADVANCE,
    find: "if (standing !== 'under way' || ends) {",
    replace: 'if (ends) {',
    suite: BULK,
  },
  {
    name: 'a job that can’t be done something to now given up at once',
    file: ADVANCE,
    find: "else if (outcome.outcome === 'again' && tries < TRIES)",
    replace: "else if (outcome.outcome === 'again' && tries < 1)",
    suite: 'test/objects/bulk-steps.test.ts',
  },
  {
    name: 'the children of a job that could not be cancelled cancelled all the same',
    file: ADVANCE,
    find: 'last: place.last || stays',
    replace: 'last: place.last || (stays && place.n < 0)',
    suite: 'test/services/bulk/cancel-with-children.test.ts',
  },
  {
    name: 'a family cancelled as its index knows it',
    file: PAGE,
    find: 'if (job !== undefined && isListed(wanted, job)) ids.push(job.job_id);',
    replace: '',
    suite: 'test/services/bulk/cancel-with-children.test.ts',
  },
  {
    name: 'a child that has its turn twice',
    file: PAGE,
    find: 'isListed(filter, job) && !hadItsTurn &&',
    replace: 'isListed(filter, job) &&',
    suite: 'test/services/bulk/cancel-with-children.test.ts',
  },
  {
    name: 'a bulk operation that rests for as long as a clock was set',
    file: OBJECT,
    find: 'Math.min(Math.max(now - began, REST), REST_MOST)',
    replace: 'Math.max(now - began, REST)',
    suite: OPENS,
  },
  {
    name: 'a bulk operation taken away that the same request has begun meanwhile',
    file: OBJECT,
    find: 'return this.#opening.run(() => this.#start(organization, spec));',
    replace: 'return this.#start(organization, spec);',
    suite: OPENS,
  },
  {
    name: 'a bulk operation taken away that its alarm has begun meanwhile',
    file: OBJECT,
    find: 'await this.#opening.run(() => this.#opened(organization))',
    replace: 'await this.#opened(organization)',
    suite: OPENS,
  },
  {
    name: 'the job of a bulk operation made for another than was begun',
    file: OBJECT,
    find: 'this.#verbs.open(organization, begun ?? spec)',
    replace: 'this.#verbs.open(organization, spec)',
    suite: OPENS,
  },
  {
    name: 'a bulk operation that reaches further than its caller',
    file: 'src/services/bulk/bulk-caller.ts',
    find: '{ ...by, ',
    replace: '{ ...by, job_types: null, ',
    suite: CALLERS,
  },
  {
    name: 'any number of bulk operations at once, where they are asked for at once',
    file: 'src/objects/org-index/creations.ts',
    find: 'if (full !== null) return full;',
    replace: '',
    suite: CALLERS,
  },
  {
    name: 'a filter whose jobs are counted no further in a shard than its part of those that are counted',
    file: 'src/services/bulk/count-jobs.ts',
    find: 'more = more.filter((part) => !part.whole && part.count >= part.asked);',
    replace: 'more = [];',
    suite: 'test/services/bulk/bulk-counts.test.ts',
  },
  {
    name: 'a job that can’t be asked left out of those that are counted',
    file: 'src/services/bulk/start-bulk.ts',
    find: "} else if (found.rejection.code !== 'job_not_found') refused = found;",
    replace: '}',
    suite: 'test/services/bulk/bulk-counts.test.ts',
  },
  {
    name: 'no bulk operation where there are as many jobs as there may be, so that none can be cancelled together',
    file: 'src/objects/org-index/creations.ts',
    find: 'if (bulk === undefined && this.#hasTooMany(jobs)) {',
    replace: 'if (this.#hasTooMany(jobs)) {',
    suite: 'test/objects/creations.test.ts',
  },
  {
    name: 'ten bulk operations at once in each shard',
    file: 'src/services/bulk/start-bulk.ts',
    find: 'mintJobId(config, organization, BULK_SHARD, core)',
    replace: 'mintJobId(config, organization, core.charCodeAt(9) % 4, core)',
    suite: CALLERS,
  },
];
