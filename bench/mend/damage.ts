/** Damages an index on disk, as no code of the service would: its entries say what is not so. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Damage {
  missing: number;
  stale: number;
  ghost: number;
}

/** What was damaged, and the entries among the stale ones that were set back: their jobs' ids. */
export interface Damaged {
  damage: Damage;
  setBack: string[];
}

/** Entries that are set back behind what their jobs take for told say as much as those whose jobs have not told it yet. */
const SET_BACK = "revision = 1, health = 'late'";
/** One entry in twenty goes, one says something wrong, and from one a ghost is made. */
const [GONE, WRONG, COPIED] = [7, 3, 11];
const WRONGS = [
  "status = CASE status WHEN 'failed' THEN 'completed' ELSE 'failed' END",
  'revision = revision + 90',
  "job_type = 'other', triggered_by = 'you', tags = '[\"x\"]'",
  "body = '[1,2', told = 'null'",
  "created_at = created_at - 5000, name = ''",
  'through = through + 77',
  SET_BACK,
];
const GHOST = `INSERT INTO summary
  (job_id, created_at, revision, through, status, category, job_type, name, tags, completed_at, body)
  SELECT CASE n % 40 WHEN ${COPIED} THEN printf('00000000-0000-8000-8000-%012d', n) ELSE 'no id ' || n END,
    created_at + 1, 9, 9, status, category, job_type, 'A ghost', tags, completed_at, body
  FROM summary WHERE n % 20 = ${COPIED}`;

/** Damages each shard of the stopped service whose files are in `objects`. */
export async function damageIndex(objects: string): Promise<Damaged> {
  const setBack: string[] = [];
  const damage: Damage = { missing: 0, stale: 0, ghost: 0 };
  await eachShard(objects, (shard) => {
    const run = (statement: string) => Number(shard.prepare(statement).run().changes);
    damage.ghost += run(GHOST);
    damage.missing += run(`DELETE FROM summary WHERE name <> 'A ghost' AND n % 20 = ${GONE}`);
    for (const [number, wrong] of WRONGS.entries()) {
      const some = `n % 20 = ${WRONG} AND n / 20 % ${WRONGS.length} = ${number}`;
      const update = `UPDATE summary SET ${wrong} WHERE name <> 'A ghost' AND ${some} RETURNING job_id`;
      const struck = shard.prepare(update).all();
      damage.stale += struck.length;
      if (wrong === SET_BACK) setBack.push(...struck.map(({ job_id }) => String(job_id)));
    }
  });
  return { damage, setBack };
}

/**
 * Which of `jobs` do not know from their files that their newest revision was told: what is known of that rides on the next
 * row, so that one that nothing follows is told once more.
 */
export async function untoldOf(objects: string, jobs: readonly string[]): Promise<string[]> {
  const untold: string[] = [];
  await eachObject(objects, 'headway-JobDO', (job) => {
    const found = job.prepare('SELECT job_id FROM job WHERE pub_revision < revision').get();
    if (found !== undefined) untold.push(String(found.job_id));
  });
  const asked = new Set(jobs);
  return untold.filter((id) => asked.has(id));
}

/** How many events the feed of the stopped service has, and how many terms that no entry is found by. */
export async function countLeft(objects: string): Promise<{ events: number; dangling: number }> {
  const left = { events: 0, dangling: 0 };
  await eachShard(objects, (shard) => {
    const count = (from: string) => Number(shard.prepare(`SELECT count(*) AS n FROM ${from}`).get()?.n);
    const feeds = shard.prepare("SELECT name FROM sqlite_master WHERE name GLOB 'feed_[0-9]*'").all();
    for (const { name } of feeds) left.events += count(String(name));
    left.dangling += count('summary_term WHERE n NOT IN (SELECT n FROM summary)');
  });
  return left;
}

function eachShard(objects: string, work: (shard: DatabaseSync) => void): Promise<void> {
  return eachObject(objects, 'headway-OrgIndexDO', work);
}

async function eachObject(
  objects: string,
  namespace: string,
  work: (object: DatabaseSync) => void,
): Promise<void> {
  const folder = join(objects, namespace);
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.sqlite') || file === 'metadata.sqlite') continue;
    const object = new DatabaseSync(join(folder, file));
    try {
      work(object);
    } finally {
      object.close();
    }
  }
}
