import type { Database, Table } from './machine';
import type { World } from './world';

/** What an instance meets in place of its storage once it has crashed. */
export class Crashed extends Error {
  constructor() {
    super('this instance has crashed');
  }
}

/** What survives a crash: an object's tables and its alarm. */
export class Disk {
  readonly database: Database;
  /** ms; null where none is set, and while it runs. */
  alarm: number | null = null;
  /** The alarm is running. */
  ringing = false;
  /** How often everything was deleted. */
  wipes = 0;
  /** Told of each alarm that is set. */
  onAlarm: (at: number) => void = () => {};

  constructor(database: Database) {
    this.database = database;
  }

  rows<Row>(query: string, ...bindings: unknown[]): Row[] {
    return objectsOf(this.database.run(query, bindings)) as Row[];
  }

  has(table: string): boolean {
    return this.rows('SELECT 1 FROM sqlite_master WHERE type = ? AND name = ?', 'table', table).length > 0;
  }

  /** Another number after every change of its tables. */
  get changes(): number {
    return this.database.written + this.wipes;
  }

  /** Another text after every change. */
  get stamp(): string {
    return `${this.changes} ${this.alarm} ${this.ringing}`;
  }
}

/**
 * An object's storage as one instance sees it. A turn's writes are on the disk when the turn ends: the platform holds
 * back what an object says until its writes are safe, so a crash before that is a request that never arrived.
 */
export class InstanceStorage {
  dead = false;
  /** How often a transaction fails, before its work or after it. */
  faults = 0;
  readonly #world: World;
  readonly #disk: Disk;
  /** What `getAlarm` says of an alarm that a rolled-back transaction of an alarm run had set: a time, for ever. */
  #phantom: number | null = null;

  constructor(world: World, disk: Disk) {
    this.#world = world;
    this.#disk = disk;
  }

  readonly sql = {
    exec: (query: string, ...bindings: unknown[]) => {
      const table = this.#living().database.run(query, bindings);
      return { ...cursorOver(() => objectsOf(table)), raw: () => cursorOver(() => table.rows) };
    },
  };

  transactionSync<Result>(work: () => Result): Result {
    const disk = this.#living();
    const { alarm } = disk;
    disk.database.run('SAVEPOINT turn', []);
    try {
      if (this.#world.fault(this.faults / 2)) throw new Error('the disk is away');
      const result = work();
      if (this.#world.fault(this.faults / 2)) throw new Error('the disk is away');
      disk.database.run('RELEASE turn', []);
      return result;
    } catch (cause) {
      disk.database.run('ROLLBACK TO turn', []);
      disk.database.run('RELEASE turn', []);
      if (disk.ringing && disk.alarm !== alarm) this.#phantom = disk.alarm;
      disk.alarm = alarm;
      throw cause;
    }
  }

  async getAlarm(): Promise<number | null> {
    return this.#living().alarm ?? this.#phantom;
  }

  async setAlarm(at: number): Promise<void> {
    const disk = this.#living();
    if (!Number.isFinite(at) || at <= 0) throw new Error(`an alarm at ${at}`);
    this.#phantom = null;
    disk.alarm = at;
    disk.onAlarm(at);
  }

  async deleteAlarm(): Promise<void> {
    this.#living().alarm = null;
  }

  async deleteAll(): Promise<void> {
    const disk = this.#living();
    disk.alarm = null;
    disk.wipes += 1;
    for (const { name } of disk.rows<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table'",
    )) {
      disk.database.run(`DROP TABLE ${name}`, []);
    }
  }

  /** Resolves when the disk has everything, never after a crash; other requests reach the object in the meantime. */
  sync(): Promise<void> {
    return new Promise((resolve) => {
      this.#world.at(this.#world.now + this.#world.random.between(1, 5), () => this.dead || resolve());
    });
  }

  #living(): Disk {
    if (this.dead) throw new Crashed();
    return this.#disk;
  }
}

function objectsOf({ columns, rows }: Table): Record<string, unknown>[] {
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (const [at, column] of columns.entries()) object[column] = row[at];
    return object;
  });
}

/** The rows of a statement, as the runtime hands them out. */
function cursorOver<Row>(rows: () => Row[]) {
  const one = () => {
    const [row, ...more] = rows();
    if (row === undefined || more.length > 0) throw new Error('not one row');
    return row;
  };
  return { toArray: rows, one, [Symbol.iterator]: () => rows().values() };
}
