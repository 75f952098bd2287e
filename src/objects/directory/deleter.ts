import { log } from '../../log';
import { NO_ROOM } from '../kit/open-objects';
import { advanceDeletion, type DeletionPort } from './advance-deletion';
import type { Deletion, DeletionPlace } from './contract';

/** What the deleter asks of the directory. */
export interface DeleterPort {
  /** `limit` of the deletions that are under way. */
  underWay(limit: number): Deletion[];
  /** Keeps how far one is. */
  keep(organizationId: string, place: DeletionPlace): void;
  objectsOf(organizationId: string): DeletionPort;
  /** Whether there is room for the objects that a step opens. */
  hasRoom(): boolean;
  now(): number;
}

/** Deletions that are looked at, those of them that one run goes on with, and the steps it does of each. */
const LOOKED_AT = 100;
const AT_ONCE = 4;
const STEPS = 10;
/** How long after a step that failed it is tried again (ms), doubled each time. */
const RETRY_FIRST = 2_000;
const RETRY_MOST = 60_000;

/** Deletes organizations by the directory's alarm, some steps a run. One that can't go on now keeps none of the others. */
export class Deleter {
  readonly #port: DeleterPort;
  readonly #failures = new Map<string, number>();
  /** When each is to go on (ms). Memory alone: without it, it is tried at once. */
  readonly #due = new Map<string, number>();

  constructor(port: DeleterPort) {
    this.#port = port;
  }

  /** Goes on with those that are due, and answers when to run again (ms); null where none is under way. */
  async run(): Promise<number | null> {
    const deletions = this.#port.underWay(LOOKED_AT);
    const now = this.#port.now();
    const ready = deletions.filter(({ organization_id: id }) => (this.#due.get(id) ?? now) <= now);
    await Promise.all(ready.slice(0, AT_ONCE).map((deletion) => this.#goOn(deletion)));
    const left = this.#port.underWay(LOOKED_AT).map(({ organization_id: id }) => this.#due.get(id) ?? now);
    return left.length === 0 ? null : Math.min(...left);
  }

  async #goOn({ organization_id, place }: Deletion): Promise<void> {
    const due = await this.#steps(organization_id, place);
    if (due !== null) this.#due.set(organization_id, due);
    else for (const memory of [this.#due, this.#failures]) memory.delete(organization_id);
  }

  /** When it is to go on (ms); null once it is finished. */
  async #steps(organizationId: string, from: DeletionPlace): Promise<number | null> {
    const objects = this.#port.objectsOf(organizationId);
    let place = from;
    try {
      for (let steps = 0; steps < STEPS; steps++) {
        if (!this.#port.hasRoom()) return this.#port.now() + NO_ROOM;
        const next = await advanceDeletion(place, objects, this.#port.now());
        this.#failures.delete(organizationId);
        if (typeof next === 'number') return next;
        this.#port.keep(organizationId, next);
        if (next.step === 'finished') return null;
        place = next;
      }
      return this.#port.now();
    } catch (cause) {
      const failures = this.#failures.get(organizationId) ?? 0;
      this.#failures.set(organizationId, failures + 1);
      log('warn', 'deletion_step_failed', { organization: organizationId, step: place.step, cause });
      return this.#port.now() + Math.min(RETRY_FIRST * 2 ** failures, RETRY_MOST);
    }
  }
}
