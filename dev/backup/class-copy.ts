/** Copies the objects of one class, and again what is written to meanwhile. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyDatabase, dropCopy, writtenAt } from './copy-database.ts';

/** Where a class keeps the alarms of all its objects. */
const ALARMS = 'metadata.sqlite';

export class ClassCopy {
  readonly #from: string;
  readonly #to: string;
  /** What each object was like just before its copy was made. */
  readonly #copied = new Map<string, string>();
  #hasAlarms = false;

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /** How many databases there are in the copy. */
  get size(): number {
    return this.#copied.size + Number(this.#hasAlarms);
  }

  /**
   * Copies what is not copied as it stands, and then the alarms; answers how many objects that were. An alarm that has gone off
   * has changed its object, so that once this answers 0 no object is copied as it was before its alarm was set anew.
   */
  async bringUp(): Promise<number> {
    await mkdir(this.#to, { recursive: true, mode: 0o700 });
    const databases = (await readdir(this.#from)).filter(
      (file) => file.endsWith('.sqlite') && file !== ALARMS,
    );
    let changed = 0;
    for (const database of databases) if (await this.#bringUp(database)) changed += 1;
    const there = new Set(databases);
    for (const database of this.#copied.keys()) if (!there.has(database)) await this.#drop(database);
    if (changed > 0 || !this.#hasAlarms) this.#hasAlarms = await this.#copy(ALARMS);
    return changed;
  }

  async #bringUp(database: string): Promise<boolean> {
    const written = await writtenAt(join(this.#from, database));
    if (written === null || written === this.#copied.get(database)) return false;
    const copied = await this.#copy(database);
    // One that is empty is never in the copy, and no change.
    if (copied) this.#copied.set(database, written);
    else await this.#drop(database);
    return copied;
  }

  #copy(database: string): Promise<boolean> {
    return copyDatabase(join(this.#from, database), join(this.#to, database));
  }

  async #drop(database: string): Promise<void> {
    this.#copied.delete(database);
    await dropCopy(join(this.#to, database));
  }
}
