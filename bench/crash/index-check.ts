/** The index against the truth: every listed job as the job itself, every job listed, and the feed on disk. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from './client.ts';
import { PACE } from './drift-check.ts';
import type { Records } from './job-record.ts';
import type { JobEvent } from './reconcile.ts';
import type { Tally } from './tally.ts';

type Body = Record<string, unknown> & {
  job_id: string;
  job_type: string;
  name: string;
  rerun_of: string | null;
};

/** Compares `listed`, read before any job was asked again, with the jobs themselves. */
export async function judgeList(
  client: Client,
  listed: Body[],
  records: Records,
  tally: Tally,
): Promise<void> {
  const ids = new Set(listed.map(({ job_id }) => job_id));
  if (ids.size !== listed.length) tally.doubled('a job in the list');
  for (const row of listed) {
    await sleep(PACE);
    const { status, json } = await client.insist('GET', `/api/jobs/${row.job_id}`);
    const known = records.jobs.get(row.job_id);
    if (status !== 200) {
      tally.behind(`job ${row.job_id} is listed and answers ${status}`);
      continue;
    }
    const { errors: _errors, warnings: _warnings, metadata: _metadata, result: _result, ...body } = json;
    // When it last changed, and what those of its type before it say of it, is the list's own.
    const { updated_at: _updated, slow: _slow, expected_at: _expected, ...shown } = row;
    if (!isDeepStrictEqual(shown, body)) {
      const unlike = Object.keys(body).filter((name) => !isDeepStrictEqual(shown[name], body[name]));
      const revisions = `is at revision ${body.revision}, the index at ${row.revision}`;
      tally.behind(`job ${row.job_id} ${revisions}: ${unlike.join(', ') || 'the list says more'}`);
    }
    const isAsked = known !== undefined || row.rerun_of !== null || records.perhaps.has(row.name);
    // A family is cancelled by a job of the service's own.
    if (!isAsked && row.job_type !== 'bulk_cancel') {
      tally.doubled(`job ${row.job_id}: nobody asked for a second ${row.name}`);
    }
  }
  for (const { id, removed } of records.jobs.values()) {
    if (!removed && !ids.has(id)) tally.behind(`job ${id} is not listed`);
  }
  judgeReruns(listed, records, tally);
}

/** A creation without an answer made one job at most, a rerun with a key exactly one. */
function judgeReruns(listed: Body[], records: Records, tally: Tally): void {
  const first = Map.groupBy(listed, ({ name, rerun_of }) => (rerun_of === null ? name : null));
  const reruns = Map.groupBy(listed, ({ rerun_of }) => rerun_of);
  for (const name of records.perhaps) {
    const made = first.get(name)?.length ?? 0;
    if (made > 1) tally.doubled(`${name} was made ${made} times`);
  }
  for (const { id, rerunKeys, unkeyedReruns } of records.jobs.values()) {
    const made = reruns.get(id)?.length ?? 0;
    if (made > rerunKeys + unkeyedReruns) tally.doubled(`job ${id} was run again ${made} times`);
    if (made < rerunKeys) tally.lost(`job ${id} was run again ${made} times, ${rerunKeys} were answered`);
  }
}

/** Compares the feed in the stopped service's files with the jobs' own events: each once, in order, without holes. */
export async function judgeFeed(
  objects: string,
  events: Map<string, JobEvent[]>,
  tally: Tally,
): Promise<void> {
  const folder = join(objects, 'headway-OrgIndexDO');
  const files = (await readdir(folder)).filter(
    (name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite',
  );
  const fed = new Map<string, string[]>();
  for (const file of files) {
    const database = new DatabaseSync(join(folder, file), { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name GLOB 'feed_[0-9]*'").all();
    const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM ${name}`).all());
    rows.sort((a, b) => Number(a.seq) - Number(b.seq));
    for (const { job_id, revision, body } of rows) {
      const { type } = JSON.parse(String(body));
      if (type === 'job.progressed') continue;
      const id = `${job_id}.${revision}.${type}`;
      fed.set(String(job_id), [...(fed.get(String(job_id)) ?? []), id]);
    }
    database.close();
  }
  if (fed.size === 0) tally.broken('no feed was found on disk');
  for (const [jobId, own] of events) {
    const right = own.map(({ id }) => id);
    const has = fed.get(jobId) ?? [];
    if (new Set(has).size < has.length) tally.doubled(`an event of job ${jobId} in the feed`);
    if (!isDeepStrictEqual(has, right)) {
      tally.behind(`the feed has ${has.length} events of job ${jobId} in its order, the job ${right.length}`);
    }
  }
}
