import { DurableObject } from 'cloudflare:workers';
import { log } from '../../log';
import { type Namespaces, organizationOf, roomFor } from '../address';
import type { CreateAnswer } from '../job/contract';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { OneAtATime } from '../kit/one-at-a-time';
import { NO_ROOM, touched } from '../kit/open-objects';
import { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
import { advanceBulk } from './advance-bulk';
import { BulkStore } from './bulk-store';
import type { BulkObject, BulkPlace, BulkSpec, BulkVerbs } from './contract';

/** How long it rests after a page at least (ms); otherwise as long as the page took, so that it takes half of the time at most. */
const REST = 20;
/** And at most: the clock may have been set, or the machine have slept, while the page was under way (ms). */
const REST_MOST = 60_000;
/** How long after a page that could not be finished the rest of it is tried (ms), doubled each time. */
const RETRY_FIRST = 1_000;
const RETRY_MOST = 60_000;

/**
 * The object that does a bulk operation, by its alarm, a page a run. It holds nothing once that is over: its job has it
 * all. `verbsOf` gives it what the service does to one job, with everything that holds for a request.
 */
export function makeBulkDO<Env extends Namespaces>(verbsOf: (env: Env) => BulkVerbs) {
  return class BulkDO extends DurableObject<Env> implements BulkObject {
    readonly #verbs = verbsOf(this.env);
    readonly #tables = new Tables(this.ctx.storage.sql);
    readonly #store = new BulkStore(this.ctx.storage.sql, this.#tables);
    readonly #clock = new AlarmClock(this.ctx.storage);
    readonly #alarm = new GuardedAlarm(this.#clock, () => ({ object: this.ctx.id.name }));
    // The job is asked for by one at a time: what is refused is taken away before another may have made it.
    readonly #opening = new OneAtATime();

    /** Begins it, and answers its job; again, it begins nothing. Its alarm makes the job where this is cut off. */
    async start(organization: string, spec: BulkSpec): Promise<CreateAnswer> {
      if (organization !== organizationOf(this.ctx.id.name))
        throw new Error('not this organization’s object');
      return this.#opening.run(() => this.#start(organization, spec));
    }

    /** Does the next page. Never throws. */
    override alarm(): Promise<void> {
      touched(this.env, 'BULK', this.ctx.id.name);
      return this.#alarm.run(async () => {
        if (this.#store.find() === null) return;
        const began = Date.now();
        if (roomFor(this.env, began) === 0) return this.#clock.arm(began + NO_ROOM, began);
        const organization = organizationOf(this.ctx.id.name);
        const opened = await this.#opening.run(() => this.#opened(organization));
        if (opened === null) return;
        const { spec, place } = opened;
        const keep = (next: BulkPlace) => this.#transact(() => this.#store.keep(next));
        const step = { verbs: this.#verbs, organization, keep };
        if (!(await advanceBulk(spec, place, step))) return this.#erase();
        const now = Date.now();
        const { page, tries } = this.#store.find()?.place ?? place;
        const wait =
          page.length > 0
            ? Math.min(RETRY_FIRST * 2 ** (tries - 1), RETRY_MOST)
            : Math.min(Math.max(now - began, REST), REST_MOST);
        this.#clock.arm(now + wait, now);
      });
    }

    async #start(organization: string, spec: BulkSpec): Promise<CreateAnswer> {
      const begun = this.#store.find()?.spec;
      if (begun === undefined) {
        const made = await this.#verbs.made(organization, spec);
        if (made !== null) return made;
        this.#begin(spec);
      }
      const answer = await this.#verbs.open(organization, begun ?? spec);
      if (answer.outcome === 'refused') {
        // What another has begun, and was cut off before it had the job, is its alarm’s.
        if (begun === undefined) await this.#erase();
        return answer;
      }
      const now = Date.now();
      this.#clock.arm(now, now);
      // Where that was begun by another body, its job is none of this one’s.
      return begun === undefined ? answer : ((await this.#verbs.made(organization, spec)) ?? answer);
    }

    /** What is under way, once its job is there: that is made where whoever asked for it was cut off. Null where there is nothing. */
    async #opened(organization: string): Promise<{ spec: BulkSpec; place: BulkPlace } | null> {
      const found = this.#store.find();
      if (found === null || found.place.n > 0 || found.place.page.length > 0) return found;
      const answer = await this.#verbs.open(organization, found.spec);
      if (answer.outcome !== 'refused') return found;
      await this.#erase();
      return null;
    }

    #begin(spec: BulkSpec): void {
      const now = Date.now();
      this.#transact(() => {
        this.#store.begin(spec);
        this.#clock.arm(now + RETRY_FIRST, now);
      });
    }

    async #erase(): Promise<void> {
      log('info', 'bulk_over', { object: this.ctx.id.name });
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      this.#clock.forget();
      this.#tables.forget();
    }

    #transact(work: () => void): void {
      transact(this.ctx.storage, [this.#tables, this.#clock], work);
    }
  };
}
