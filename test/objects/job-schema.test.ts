import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { JOB_MIGRATIONS, JOB_TABLES } from '../../src/objects/job/job-schema';

/** The columns of all tables that `statements` make in an object of its own. */
function columnsAfter(name: string, statements: readonly string[]): Promise<unknown[]> {
  return runInDurableObject(env.JOB.getByName(`schema/${name}`), (_job, { storage: { sql } }) => {
    for (const statement of statements) sql.exec(statement);
    return sql
      .exec(
        `SELECT m.name AS of, c.name, c.type, c."notnull" AS filled, c.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS c
          WHERE m.type = 'table' AND m.name NOT GLOB '_cf_*' ORDER BY m.name, c.cid`,
      )
      .toArray();
  });
}

it('a new job has the tables that an old one comes to', async () => {
  const made = await columnsAfter('made', JOB_TABLES);
  const upgraded = await columnsAfter(
    'upgraded',
    JOB_MIGRATIONS.flatMap(({ statements }) => statements),
  );
  expect(made.length).toBeGreaterThan(50);
  expect(made).toEqual(upgraded);
});
