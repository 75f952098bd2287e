import type { Patch } from './patch.ts';

const EXPORT = 'test/services/jobs/export.test.ts';
const EXPORTS = 'src/services/jobs/export-jobs.ts';

/** What would make a list or an export leave out a job, show one twice, or say that it is whole where it is not. */
export const LIST_PATCHES: readonly Patch[] = [
  {
    name: 'a list by several tags that has what has one of them',
    file: 'src/objects/org-index/summary-conditions.ts',
    find: 'for (const one of tag) ask(',
    replace: 'for (const one of tag.slice(0, 1)) ask(',
    suite: 'test/objects/summary-list.test.ts',
  },
  {
    name: 'a list of several filters that lets through what one of them does',
    file: 'src/objects/org-index/place-reader.ts',
    find: 'this.#piece(walk, conditions, place, most)',
    replace: 'this.#piece(walk, conditions.slice(0, 1), place, most)',
    suite: 'test/objects/summary-list.test.ts',
  },
  {
    name: 'a list whose page ends where one shard has more',
    file: 'src/services/jobs/merge-parts.ts',
    find: 'jobs: jobs.filter((job) => byAge(placeOf(job, order), through) <= 0),',
    replace: 'jobs,',
    suite: 'test/services/jobs/merge-parts.test.ts',
  },
  {
    name: 'a page of one of many shards that reads more to choose its way than it may in all',
    file: 'src/objects/org-index/place-reader.ts',
    find: 'order, filter, before, this.#left);',
    replace: 'order, filter, before, 10_000);',
    suite: 'test/objects/rows-read-list.test.ts',
  },
  {
    name: 'an export without its last line',
    file: EXPORTS,
    find: 'yield { end: {',
    replace: 'if (count < 0) yield { end: {',
    suite: EXPORT,
  },
  {
    name: 'an export that says where its limit is met that nothing is left',
    file: EXPORTS,
    find: 'next_cursor: full && last !== undefined ? await seal(last) : null',
    replace: 'next_cursor: null',
    suite: EXPORT,
  },
  {
    name: 'an export that writes what another shard may have something before',
    file: EXPORTS,
    find: 'if (jobs.length === 0 && !whole && (through === null || byAge(newest, through) > 0)) return taken;',
    replace: 'if (jobs.length > 0 && whole && through === undefined) return taken;',
    suite: EXPORT,
  },
  {
    name: 'a stream of a shard that breaks off taken for its end',
    file: 'src/services/jobs/shard-export.ts',
    find: '    if (done) {\n',
    replace: '    if (done) {\n      this.whole = true;\n',
    suite: EXPORT,
  },
  {
    name: 'an export that outlives its credential',
    file: EXPORTS,
    find: 'if (lapsed !== null) throw',
    replace: 'if (lapsed === undefined) throw',
    suite: EXPORT,
  },
  {
    name: 'a cell that a spreadsheet takes for a formula',
    file: 'src/dialects/native/jobs/export-formats.ts',
    find: 'const FORMULA = /^[=+',
    replace: 'const FORMULA = /^[+',
    suite: EXPORT,
  },
  {
    name: 'a cell whose quotes end it',
    file: 'src/dialects/native/jobs/export-formats.ts',
    find: `plain.replaceAll('"', '""')`,
    replace: 'plain',
    suite: EXPORT,
  },
  {
    name: 'a link of a job that runs a script',
    file: 'src/domain/base/web-address.ts',
    find: '|| !/^https?:\\/\\//i.test(address)) return null;',
    replace: ') return null;',
    suite: 'test/attack/bad-input-creation.test.ts',
  },
];
