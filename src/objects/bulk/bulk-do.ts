import { DurableObject } from 'cloudflare:workers';
import { log } from '../../log';
import { hasRoom, type Namespaces, organizationOf } from '../address';
import type { CreateAnswer } from '../job/contract';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
import { advanceBulk } from './advance-bulk';
import { BulkStore } from './bulk-store';
import type { BulkObject, BulkPlace, BulkSpec, BulkVerbs } from './contract';

/** How long it rests after a page at least (ms); otherwise as long as the page took, so that it takes half of the time at most. */
const REST = 20;
/** How long after a page that could not be finished the rest of it is tried (ms), doubled each time. */
const RETRY_FIRST = 1_000;
const RETRY_MOST = 60_000;
/** When to look again for room (ms). */
const NO_ROOM = 5_000;

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

    /** Begins it, and answers its job; again, it begins nothing. Its alarm makes the job where this is cut off. */
    async start(organization: string, spec: BulkSpec): Promise<CreateAnswer> {
      if (organization !== organizationOf(this.ctx.id.name))
        throw new Error('not this organization’s object');
      const made = this.#store.find() === null ? await this.#verbs.made(organization, spec) : null;
      if (made !== null) return made;
      // Another start may have begun it meanwhile.
      const begins = this.#store.find() === null;
      if (begins) this.#begin(spec);
      const answer = await this.#verbs.open(organization, spec);
      const now = Date.now();
      if (answer.outcome !== 'refused') this.#clock.arm(now, now);
      else if (begins) await this.#erase();
      return answer;
    }

    /** Does the next page. Never throws. */
    override alarm(): Promise<void> {
      return this.#alarm.run(async () => {
        const found = this.#store.find();
        if (found === null) return;
        const began = Date.now();
        if (!hasRoom(this.env, began)) return this.#clock.arm(began + NO_ROOM, began);
        const organization = organizationOf(this.ctx.id.name);
        const { spec, place } = found;
        const keep = (next: BulkPlace) => this.#transact(() => this.#store.keep(next));
        const step = { verbs: this.#verbs, organization, keep };
        if (!((await this.#opened(organization, spec, place)) && (await advanceBulk(spec, place, step))))
          return this.#erase();
        const now = Date.now();
        const { page, tries } = this.#store.find()?.place ?? place;
        const wait =
          page.length > 0
            ? Math.min(RETRY_FIRST * 2 ** (tries - 1), RETRY_MOST)
            : Math.max(now - began, REST);
        this.#clock.arm(now + wait, now);
      });
    }

    /** Whether its job is there, which is made where whoever asked for it was cut off. */
    async #opened(organization: string, spec: BulkSpec, { n, page }: BulkPlace): Promise<boolean> {
      if (n > 0 || page.length > 0) return true;
      return (await this.#verbs.open(organization, spec)).outcome !== 'refused';
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
      this.#clock.fired();
      this.#tables.forget();
    }

    #transact(work: () => void): void {
      transact(this.ctx.storage, [this.#tables, { forget: () => this.#clock.fired() }], work);
    }
  };
}
