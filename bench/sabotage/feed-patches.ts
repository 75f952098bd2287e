import type { Patch } from './patch.ts';

/** What would make a reader of the feed miss an event, read one twice, or out of its job's order. */
export const FEED_PATCHES: readonly Patch[] = [
  {
    name: 'progress told before the events it follows',
    file: 'src/domain/feed/publication.ts',
    find: ' && through <= kept.through',
    replace: '',
    suite: 'test/domain/feed/layer-publication.test.ts',
  },
  {
    name: 'a cursor that leaps over what a page had no room for',
    file: 'src/domain/feed/feed-merge.ts',
    find: 'left === undefined ? page.page.through : left.seq - 1',
    replace: 'page.page.through',
    suite: 'test/feed/reader.test.ts',
  },
  {
    name: 'a reader that is not told what it has missed',
    file: 'src/domain/feed/feed-merge.ts',
    find: 'page.dropped_through > after',
    replace: 'page.dropped_through < 0',
    suite: 'test/feed/read.test.ts',
  },
  {
    name: 'numbers that begin again when the tables turn',
    file: 'src/objects/org-index/feed-store.ts',
    find: 'let seq = this.#ends().high;\n    const table = this.#tables.of(this.#turnAt(now));',
    replace: 'const table = this.#tables.of(this.#turnAt(now));\n    let seq = this.#ends().high;',
    suite: 'test/objects/feed-store.test.ts',
  },
  {
    name: 'those who wait told of nothing',
    file: 'src/objects/org-index/org-index-do.ts',
    find: 'void this.#watchers.changed(this.#feed.takeFresh());\n    return receipts;',
    replace: 'return receipts;',
    suite: 'test/feed/wait.test.ts',
  },
  {
    name: 'the ends of the feed asked for in one',
    file: 'src/objects/org-index/feed-store.ts',
    find: '(seq) AS seq FROM',
    replace: '(seq) AS seq, max(seq) AS other FROM',
    suite: 'test/objects/rows-read-index.test.ts',
  },
  {
    name: 'a waiter that reads again what it was passed over',
    file: 'src/objects/org-index/feed-group.ts',
    find: 'first !== undefined && first <= this.#through + 1',
    replace: 'first === undefined',
    suite: 'test/feed/told-once.test.ts',
  },
  {
    name: 'a deleted job forgotten before the feed’s rows of it',
    file: 'src/domain/feed/retention.ts',
    find: 'return Math.max(FEED_TABLES * feedSpan(days), TOMBSTONE_LEAST);',
    replace: 'return 31 * DAY;',
    suite: 'test/objects/tombstone-store.test.ts',
  },
  {
    name: 'a late worker that the feed never tells of',
    file: 'src/objects/org-index/intake.ts',
    find: 'kept.health !== publication.summary.health || ',
    replace: '',
    suite: 'test/feed/read.test.ts',
  },
  {
    name: 'a stream that ends by losses that were made good',
    file: 'src/services/feed/shard-channel.ts',
    find: 'if (Date.now() - this.#opened >= STOOD) tries = 0;',
    replace: '',
    suite: 'test/feed/wait.test.ts',
  },
];
