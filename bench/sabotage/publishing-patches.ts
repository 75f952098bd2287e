import type { Patch } from './patch.ts';

const UPKEEP = 'src/objects/job/job-upkeep.ts';
const ADMISSION = 'src/domain/feed/publication.ts';

/** What would leave the index behind the jobs, or say a thing twice. */
export const PUBLISHING_PATCHES: readonly Patch[] = [
  {
    name: 'an await between row and alarm',
    file: 'src/objects/kit/alarm-clock.ts',
    find: 'void this.#storage.setAlarm(due, options);',
    replace: 'void scheduler.wait(1).then(() => this.#storage.setAlarm(due, options));',
    suite: 'simulation',
  },
  {
    name: 'reports that don’t arm',
    file: 'src/objects/job/job-commits.ts',
    find: 'else upkeep.arm(',
    replace: "else if (commit.kind === 'transition') upkeep.arm(",
    suite: 'simulation',
  },
  {
    name: 'a mark before the acknowledgement',
    file: 'src/objects/job/publisher.ts',
    find: 'const { revision, through, interval } = await this.#send(publication);',
    replace:
      'this.#acknowledged = { revision: publication.summary.revision, events: publication.through }; const { revision, through, interval } = await this.#send(publication);',
    suite: 'simulation',
  },
  {
    name: 'the index without its revision guard',
    file: ADMISSION,
    find: '(revision > kept.revision || publication.deleted)',
    replace: '(revision > 0 || publication.deleted)',
    suite: 'test/domain/feed/layer-publication.test.ts',
  },
  {
    name: 'the index without its ordinal guard',
    file: ADMISSION,
    find: 'publication.events.filter(({ n }) => n > kept.through)',
    replace: 'publication.events.filter(({ n }) => n > 0)',
    suite: 'simulation',
  },
  {
    name: 'the index without its guard against holes',
    file: ADMISSION,
    find: 'fresh[0].n > next;',
    replace: 'fresh[0].n < 0;',
    suite: 'test/domain/feed/layer-publication.test.ts',
  },
  {
    name: 'a throw in an alarm',
    file: UPKEEP,
    find: 'this.#retries = this.#publisher.dirty ?',
    replace:
      'if (this.#publisher.dirty) throw new Error("sabotage"); this.#retries = this.#publisher.dirty ?',
    suite: 'simulation',
  },
  {
    name: 'an alarm that lets a throw through',
    file: 'src/objects/kit/guarded-alarm.ts',
    find: 'this.#clock.arm(now + Math.min(FIRST * 2 ** this.#broken, MOST), now);',
    replace: 'throw cause;',
    suite: 'test/objects/layer-alarm.test.ts',
  },
  {
    name: 'an alarm believed after its transaction was rolled back',
    file: UPKEEP,
    find: 'this.#clock.fired();\n      this.#store.forget();',
    replace: 'this.#store.forget();',
    suite: 'test/objects/layer-alarm.test.ts',
  },
  {
    name: 'an alarm that knows nothing of what is unpublished',
    file: UPKEEP,
    find: '? now + PUBLICATION_GUARANTEE : NEVER;',
    replace: '? NEVER : NEVER;',
    suite: 'test/objects/layer-alarm.test.ts',
  },
  {
    name: 'rows removed before the index knows',
    file: UPKEEP,
    find: 'books.deleted_at === null || this.#publisher.dirty) return;',
    replace: 'books.deleted_at === null) return;',
    suite: 'simulation',
  },
  {
    name: 'a repeated publication that writes',
    file: 'src/objects/org-index/org-index-do.ts',
    find: 'if (kept?.revision === news.revision && kept.through === news.through) return receipt;',
    replace: '',
    suite: 'simulation',
  },
  {
    name: 'a backlog without a bound',
    file: 'src/objects/job/commit.ts',
    find: 'if (added === 0 || waiting < BACKLOG_LIMIT) return false;',
    replace: 'if (added >= 0 || waiting < BACKLOG_LIMIT) return false;',
    suite: 'simulation',
  },
  {
    name: 'a table believed after its transaction was rolled back',
    file: UPKEEP,
    find: 'this.#store.forget();\n      throw cause;',
    replace: 'throw cause;',
    suite: 'test/objects/layer-group.test.ts',
  },
  {
    name: 'an alarm postponed past what is unpublished',
    file: UPKEEP,
    find: 'this.#clock.postpone(this.#due(stored.job, now));',
    replace: 'this.#clock.postpone(nextDue(stored.job));',
    suite: 'simulation',
  },
  {
    name: 'a wake for what was done',
    file: UPKEEP,
    find: 'this.#clock.postpone(this.#due(stored.job, now));',
    replace: 'this.#clock.arm(this.#due(stored.job, now), now);',
    suite: 'test/objects/no-wake.test.ts',
  },
  {
    name: 'a published position never written down',
    file: UPKEEP,
    find: 'if (events - books.pub_events <= EVENTS_PER_PUBLICATION) return;',
    replace: 'if (events >= 0) return;',
    suite: 'test/objects/no-wake.test.ts',
  },
];
