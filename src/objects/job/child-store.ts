import { type Children, NO_CHILDREN } from '../../domain/job/children';
import type { Job } from '../../domain/job/job';
import type { EntryStore } from './entry-store';
import { CHILDREN_SLOT } from './job-schema';

/** SQL of what a job knows of its children: a row, once it has one. The caller sets the transaction. */
export class ChildStore {
  readonly #entries: EntryStore;

  constructor(entries: EntryStore) {
    this.#entries = entries;
  }

  /** What is kept of them. */
  get known(): Children {
    const body = this.#entries.bodyAt(CHILDREN_SLOT);
    return body === null ? NO_CHILDREN : (JSON.parse(body) as Children);
  }

  /** Keeps what `change` makes of them. Answers false, and changes nothing, where that is null. */
  change({ revision, created_at }: Job, change: (children: Children) => Children | null): boolean {
    const before = this.known;
    const after = change(before);
    if (after === null) return false;
    if (after !== before) {
      this.#entries.put(CHILDREN_SLOT, after.count, revision, 0, created_at, JSON.stringify(after));
    }
    return true;
  }
}
