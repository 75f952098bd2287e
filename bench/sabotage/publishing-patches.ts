import type { Patch } from './patch.ts';

const ALARM = 'src/objects/job/job-alarm.ts';
const UPKEEP = 'src/objects/job/publication-upkeep.ts';
const PUBLISHER = 'src/objects/job/publisher.ts';
const POSTPONED = 'this.#clock.postpone(this.#due(stored.job, now));';
const ADMISSION = 'src/domain/feed/publication.ts';

/** What would leave the index behind the jobs, or say a thing twice. */
export const PUBLISHING_PATCHES: readonly Patch[] = [
  {
    name: 'a ghost that stays listed',
    file: 'src/objects/org-index/mender.ts',
    find: 'for (const entry of entries) this.#parts.repair.drop(entry, null);',
    replace: '',
    suite: 'test/objects/repair.test.ts',
  },
  {
    name: 'an entry that is found by what it said wrongly',
    file: 'src/objects/org-index/repair-store.ts',
    find: 'if (truth === null) return;',
    replace: 'if (truth !== undefined) return;',
    suite: 'test/objects/repair.test.ts',
  },
  {
    name: 'events told twice by a repair',
    file: 'src/objects/org-index/mender.ts',
    find: 'const untold = events.filter(({ revision }) => revision > fed);',
    replace: 'const untold = events;',
    suite: 'test/objects/repair.test.ts',
  },
  {
    name: 'a repair that overrules a job that has spoken',
    file: 'src/objects/org-index/mender.ts',
    find: 'if (JSON.stringify(entries.map(placeOf)) !== JSON.stringify(before.map(placeOf))) return null;',
    replace: '',
    suite: 'test/objects/repair.test.ts',
  },
  {
    name: 'a sweep that wakes an idle organization each day',
    file: 'src/objects/org-index/repairer.ts',
    find: 'return this.#plan(this.#store.someUnfinished ? { due_at: now + SWEEP_INTERVAL, n: 0 } : null);',
    replace: 'return this.#plan({ due_at: now + SWEEP_INTERVAL, n: 0 });',
    suite: 'test/objects/repair.test.ts',
  },
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
    find: 'else publications.arm(',
    replace: "else if (commit.kind === 'transition') publications.arm(",
    suite: 'simulation',
  },
  {
    name: 'a mark before the acknowledgement',
    file: 'src/objects/job/publisher.ts',
    find: 'const receipt = await this.#send(',
    replace:
      'this.#acknowledged = { revision: publication.summary.revision, events: publication.through }; const receipt = await this.#send(',
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
    find: 'this.#retries = this.#publisher.failed ?',
    replace:
      'if (this.#publisher.dirty) throw new Error("sabotage"); this.#retries = this.#publisher.failed ?',
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
    file: ALARM,
    find: 'this.clock.fired();\n      this.#store.forget();',
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
    file: 'src/objects/job/job-upkeep.ts',
    find: 'books.deleted_at === null || publisher.dirty) return;',
    replace: 'books.deleted_at === null) return;',
    suite: 'simulation',
  },
  {
    name: 'a repeated publication that writes',
    file: 'src/objects/org-index/projector.ts',
    find: 'if (kept?.revision === news.revision && kept.through === news.through) {',
    replace: 'if (now < 0 && kept !== null) {',
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
    file: ALARM,
    find: 'this.#store.forget();\n      throw cause;',
    replace: 'throw cause;',
    suite: 'test/objects/layer-group.test.ts',
  },
  {
    name: 'an alarm postponed past what is unpublished',
    file: UPKEEP,
    find: POSTPONED,
    replace: 'this.#clock.postpone(this.#alarm.ownDue(stored.job, now));',
    suite: 'simulation',
  },
  {
    name: 'a wake for what was done',
    file: UPKEEP,
    find: POSTPONED,
    replace: 'this.#clock.arm(this.#alarm.ownDue(stored.job, now), now);',
    suite: 'test/objects/no-wake.test.ts',
  },
  {
    name: 'a published position never written down',
    file: PUBLISHER,
    find: 'this.#acknowledged.events - pub_events > EVENTS_PER_PUBLICATION ||',
    replace: 'this.#acknowledged.events - pub_events > 1_000_000 ||',
    suite: 'test/objects/publisher.test.ts',
  },
  {
    name: 'an alarm postponed before the receipt',
    file: UPKEEP,
    find: "const work = this.publish('transition').then(",
    replace:
      "this.#alarm.transact(() => this.#clock.postpone(this.#alarm.ownDue((this.#store.load() as Stored).job, Date.now()))); const work = this.publish('transition').then(",
    suite: 'simulation',
  },
  {
    name: 'a position taken for acknowledged',
    file: UPKEEP,
    find: 'if (this.#witnessed) this.#publisher.recall(',
    replace: 'if (job !== null) this.#publisher.recall(',
    suite: 'simulation',
  },
  {
    name: 'an interval that never shortens',
    file: PUBLISHER,
    find: 'lookedAt(interval: number): void {',
    replace: 'lookedAt(interval: number): void {\n    if (interval < this.#pace.interval) return;',
    suite: 'simulation',
  },
  {
    name: 'a look undone by a receipt that was on its way',
    file: 'src/objects/job/publisher.ts',
    find: 'this.#pace.interval = looks === this.#looks ? interval : Math.min(interval, this.#pace.interval);',
    replace: 'this.#pace.interval = interval;',
    suite: 'test/objects/publisher.test.ts',
  },
  {
    name: 'a look that pokes nobody',
    file: 'src/objects/org-index/looks.ts',
    find: 'void this.#tell(job_id);',
    replace: '',
    suite: 'simulation',
  },
  {
    name: 'a publication that is forgotten in sleep',
    file: 'src/objects/job/commit.ts',
    find: '...marksOf(publishing, kind, stored, change, now) };',
    replace: '...marksOf(publishing, kind, stored, change, now), pub_at: null };',
    suite: 'test/objects/publishing-interval.test.ts',
  },
  {
    name: 'progress that is published as if somebody looked',
    file: 'src/objects/org-index/looks.ts',
    find: 'return watched ? this.#port.interval() : this.#unwatched;',
    replace: 'return this.#port.interval();',
    suite: 'test/objects/publishing-interval.test.ts',
  },
];
