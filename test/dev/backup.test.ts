/** A copy of data that is written to: no object is copied as it was before its alarm was put off. */
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { backUp } from '../../dev/backup/back-up.ts';
import { ClassCopy } from '../../dev/backup/class-copy.ts';
import { Workplace } from './commands.ts';

const OBJECTS = 300;
const CLASS = join('objects', 'headway-JobDO');
const named = (n: number) => `${n.toString(16).padStart(8, '0')}`;

let place: Workplace;
before(async () => {
  place = await Workplace.make();
});
after(() => place?.leave());

function opened(folder: string, name: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, `${name}.sqlite`));
  database.exec('PRAGMA journal_mode = WAL');
  return database;
}

/** Objects that know when their alarm is, and the list of alarms of their class, as `workerd` keeps both. */
class Service {
  readonly #objects: DatabaseSync[] = [];
  readonly #alarms: DatabaseSync;

  constructor(folder: string) {
    this.#alarms = opened(folder, 'metadata');
    this.#alarms.exec('CREATE TABLE alarms (name TEXT PRIMARY KEY, at INTEGER)');
    for (let n = 0; n < OBJECTS; n++) {
      const object = opened(folder, named(n));
      object.exec('CREATE TABLE alarm (at INTEGER); INSERT INTO alarm VALUES (0)');
      this.#objects.push(object);
      this.#alarms.prepare('INSERT INTO alarms VALUES (?, 0)').run(named(n));
    }
  }

  /** The alarm of the `n`th goes off, and is set anew. */
  goOff(n: number, next: number): void {
    this.#objects[n]?.prepare('UPDATE alarm SET at = ?').run(next);
    this.#alarms.prepare('UPDATE alarms SET at = ? WHERE name = ?').run(next, named(n));
  }

  end(): void {
    for (const database of [...this.#objects, this.#alarms]) database.close();
  }
}

test('no alarm of the copy is later than its object’s, whatever goes off while it is made', async () => {
  const [data, target] = [place.path('data'), place.path('copy')];
  await mkdir(join(data, CLASS), { recursive: true });
  const service = new Service(join(data, CLASS));
  let ended = false;
  const copying = backUp(data, target).finally(() => {
    ended = true;
  });
  // From the first that are copied on, while the last are, and for as long as a few passes take.
  let went = 0;
  while (!ended && went < 2 * OBJECTS) {
    service.goOff(went % OBJECTS, went + 1);
    went += 1;
    await turn();
  }
  assert.equal(await copying, OBJECTS + 1);
  assert.equal(went, 2 * OBJECTS);
  service.end();
  const folder = join(target, CLASS);
  const alarms = opened(folder, 'metadata');
  for (let n = 0; n < OBJECTS; n++) {
    const object = opened(folder, named(n));
    const { at } = object.prepare('SELECT at FROM alarm').get() as { at: number };
    const set = alarms.prepare('SELECT at FROM alarms WHERE name = ?').get(named(n)) as { at: number };
    assert.ok(set.at <= at, `${named(n)}: ${set.at} in the list, ${at} in the object`);
    object.close();
  }
  alarms.close();
});

test('an object that is gone while the rest is copied is not in the copy', async () => {
  const [data, target] = [place.path('going'), place.path('gone')];
  await mkdir(join(data, CLASS), { recursive: true });
  new Service(join(data, CLASS)).end();
  const copying = backUp(data, target);
  const left = async () => (await readdir(join(target, CLASS)).catch(() => [])).length;
  while ((await left()) === 0) await turn();
  for (const tail of ['', '-wal', '-shm'])
    await rm(join(data, CLASS, `${named(0)}.sqlite${tail}`), { force: true });
  assert.equal(await copying, OBJECTS);
  assert.ok(!(await readdir(join(target, CLASS))).includes(`${named(0)}.sqlite`));
});

test('what nobody writes to is copied once, and a database that is empty never', async () => {
  const data = place.path('still');
  await mkdir(join(data, CLASS), { recursive: true });
  new Service(join(data, CLASS)).end();
  await writeFile(join(data, CLASS, 'ffffffff.sqlite'), '');
  const copy = new ClassCopy(join(data, CLASS), place.path('of still'));
  assert.deepEqual([await copy.bringUp(), await copy.bringUp()], [OBJECTS, 0]);
  assert.equal(copy.size, OBJECTS + 1);
});
