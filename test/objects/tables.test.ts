import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { Tables } from '../../src/objects/kit/tables';
import { transact } from '../../src/objects/kit/transact';
import { read } from '../support/rows-read';

const MIGRATIONS = [{ id: '0001-note', statements: ['CREATE TABLE note (text TEXT NOT NULL) STRICT'] }];
let objects = 0;

function inObject(work: (storage: DurableObjectStorage) => void): Promise<void> {
  return runInDurableObject(env.ORG.getByName(`tables-${++objects}`), (_org, { storage }) => work(storage));
}

it('what is known of tables is asked for once, and that there are none each time', async () => {
  await inObject((storage) => {
    const tables = new Tables(storage.sql);
    expect(tables.has('note')).toBe(false);
    transact(storage, [], () => new Tables(storage.sql).migrate(MIGRATIONS));
    expect(tables.has('note')).toBe(true);
    const asked = read(storage.sql, (sql) => {
      const known = new Tables(sql);
      for (let n = 0; n < 10; n++) expect(known.has('note') && !known.has('other')).toBe(true);
    });
    expect(asked.rows).toBeLessThan(10);
  });
});

it('knowledge of tables does not outlive a rollback', async () => {
  await inObject((storage) => {
    const tables = new Tables(storage.sql);
    const broken = () =>
      transact(storage, [tables], () => {
        tables.migrate(MIGRATIONS);
        expect(tables.has('note')).toBe(true);
        throw new Error('the disk is full');
      });
    expect(broken).toThrow('the disk is full');
    expect(tables.has('note')).toBe(false);
    transact(storage, [tables], () => tables.migrate(MIGRATIONS));
    storage.sql.exec("INSERT INTO note VALUES ('there')");
    expect(tables.has('note')).toBe(true);
  });
});
