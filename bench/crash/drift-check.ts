/** The index against the truth, going by what it finds itself where it is told to ask its jobs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Tally } from './tally.ts';

/** Between two jobs that are asked (ms): each that was is three open files for ten seconds, of which a machine may have few. */
export const PACE = 3;

/** How many jobs were asked, what they had still to publish, and what was wrong and is mended. */
export interface Drift {
  checked: number;
  late: number;
  missing: number;
  stale: number;
  ghost: number;
}

/** Has the index verified and mended, part by part. */
export async function verifyIndex(client: Client): Promise<Drift> {
  const sum: Drift = { checked: 0, late: 0, missing: 0, stale: 0, ghost: 0 };
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `?cursor=${cursor}`;
    const { status, json } = await client.operate('POST', `/index/verify${query}`);
    if (status !== 200) throw new Error(`a verification answered ${status} ${JSON.stringify(json)}`);
    sum.checked += json.checked;
    sum.late += json.late;
    for (const kind of ['missing', 'stale', 'ghost'] as const) sum[kind] += json.mended[kind];
    cursor = json.next_cursor;
    await sleep(json.checked * PACE);
  }
  return sum;
}

/** Nothing of `jobs` was wrong, and each was asked. */
export async function judgeDrift(client: Client, jobs: number, tally: Tally): Promise<void> {
  const { checked, late, ...drift } = await verifyIndex(client);
  tally.checked = checked;
  if (checked < jobs) tally.broken(`of ${jobs} jobs that are listed ${checked} were asked`);
  for (const [kind, count] of Object.entries(drift))
    for (let n = 0; n < count; n++) tally.drifted(`an entry that was ${kind}`);
}
