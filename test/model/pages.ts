/** The paged lists of a job, followed to their end and compared with what the model keeps. */
import type { Client } from '../support/client.ts';
import { iso, issueBody } from './body.ts';
import { valueDifferences } from './compare.ts';
import { kept } from './entries.ts';
import type { Job } from './job.ts';
import type { JsonObject } from './json.ts';

export type Paged = 'errors' | 'warnings' | 'logs' | 'events' | 'items';

export async function pageDifferences(client: Client, job: Job, of: Paged): Promise<string[]> {
  const expected = job.removed ? null : expectedItems(job, of);
  const found: JsonObject[] = [];
  for (let cursor: string | null = null, pages = 0; ; pages += 1) {
    const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const { status, json } = await client.get(`/api/jobs/${job.id}/${of}${query}`);
    if (expected === null) return status === 404 ? [] : [`expected 404, got ${status}`];
    if (status !== 200) return [`expected 200, got ${status} ${JSON.stringify(json)}`];
    found.push(...json[of]);
    cursor = json.next_cursor;
    if (cursor === null) break;
    if (pages === 2000) return ['the pages have no end'];
  }
  if (expected?.length !== found.length) return [`expected ${expected?.length} ${of}, got ${found.length}`];
  const given = of === 'items' ? sorted(found) : found;
  return expected.flatMap((item, index) => {
    const picked = Object.fromEntries(Object.keys(item).map((name) => [name, given[index]?.[name]]));
    return [...valueDifferences(`${of}.${index}`, item, picked)];
  });
}

/** The members of each item that behaviour.md names. */
function expectedItems(job: Job, of: Paged): JsonObject[] {
  switch (of) {
    case 'errors':
      return kept(job, 'error').map(issueBody);
    case 'warnings':
      return kept(job, 'warning').map(issueBody);
    case 'events':
      return kept(job, 'event').map(({ type, revision, at }) => ({
        id: `${job.id}.${revision}.${type}`,
        type,
        revision,
        at: iso(at),
      }));
    case 'items':
      return sorted((job.items ?? []).map(([entity_type, entity_key]) => ({ entity_type, entity_key })));
    case 'logs':
      return logLines(job);
  }
}

/** All four kinds in order, as lines; the words of those that are no log are the service's own. */
function logLines(job: Job): JsonObject[] {
  const lasting = new Set<unknown>(
    (['log', 'error', 'warning', 'event'] as const).flatMap((kind) => kept(job, kind)),
  );
  const level = { error: 'error', warning: 'warn', event: 'info' } as const;
  return job.entries
    .filter((entry) => lasting.has(entry))
    .map((entry) => {
      if (entry.kind !== 'log') return { level: level[entry.kind], timestamp: iso(entry.at) };
      return { level: entry.level, message: entry.message, timestamp: entry.timestamp ?? iso(entry.at) };
    });
}

function sorted(items: JsonObject[]): JsonObject[] {
  return items.toSorted((a, b) =>
    JSON.stringify(Object.values(a)) < JSON.stringify(Object.values(b)) ? -1 : 1,
  );
}
