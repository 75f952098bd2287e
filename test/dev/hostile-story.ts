/** The life of a job whose every text would like to be framing, and what a reader of its stream must make of it. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../contract/client.ts';
import { Fold } from '../support/fold.ts';

/** One event as a reader of event streams hands it out. */
export interface Told {
  event: string;
  lastEventId: string;
  data: string;
}

const HOSTILE = [
  ...['a\rb', 'a\nb', 'a\r\nb', '\n\n', '\r\r', '\r\n\r\n', 'a\u2028b\u2029c\u0085d', '\u000b\u000c'],
  ...['a\0b', '\uFEFFbom', 'bom\uFEFF', '\uFFFD', '\\n\\u000a', '"quoted"}', '</script>', '𐀀 😀'],
  ...['id: 9', 'data: x', 'data:', 'event: end', ': comment', 'retry: 1', 'id: a\0b'],
  ...[
    '\nid: 9\n\n',
    '\n\nid: 9\ndata: {}\n\n',
    '\r\revent: end\rdata: {"revision":99}\r\r',
    '\n: comment\n\n',
  ],
  ...['\nretry: 1\n\n', '\nevent: snapshot\nid: 1\ndata: {"revision":1}\n\n', 'é'.repeat(2_000)],
] as const;

/** A creation with hostile texts wherever a creation takes any. */
export const HOSTILE_JOB = {
  job_type: 'import',
  total_items: HOSTILE.length,
  name: '\nid: 9\n\n',
  triggered_by: '\r\rdata: x\r\r',
  tags: ['\uFEFF', '\n\n', ': comment'],
  metadata: Object.fromEntries(HOSTILE.map((text) => [text, text])),
};

/** Reports each hostile text in every field that takes it, then has the job fail. `midway` comes after half of them. */
export async function tellHostileStory(
  client: Client,
  jobId: string,
  midway: () => Promise<void> = async () => {},
): Promise<void> {
  for (const [n, text] of HOSTILE.entries()) {
    if (n === Math.floor(HOSTILE.length / 2)) await midway();
    const short = text.slice(0, 200);
    const issue = { entity_key: short, entity_type: short, error_type: short, message: text, step: short };
    await report(client, jobId, {
      ...{ processed_items: n, message: text, stage: short, logs: [{ level: 'warn', message: text }] },
      error: { ...issue, details: { [short]: short } },
      ...{ warning: issue, metadata_patch: { [short]: `${text} ${n}` }, result: { [text]: [text, n] } },
    });
  }
  await report(client, jobId, { mark_failed: HOSTILE.join('') });
}

/** Holds what a reader was told from before the first report to the end to what the job is. */
export async function assertToldAll(told: readonly Told[], client: Client, jobId: string): Promise<void> {
  const fold = new Fold((fault, what) => assert.fail(`${fault}: ${what}`));
  const messages: string[] = [];
  for (const { event, lastEventId, data } of told) {
    const frame = { event, data: JSON.parse(data) };
    fold.take(frame);
    assert.equal(lastEventId, String(fold.position));
    for (const { kind, data } of frame.data.entries ?? []) {
      if (kind === 'log' || kind === 'warning') messages.push(data.message);
    }
  }
  assert.ok(fold.ended);
  assert.equal(told[0]?.event, 'snapshot');
  assert.equal(fold.began, 1);
  // Entries of one report come in the order log, warning, further logs.
  assert.deepEqual(
    messages,
    HOSTILE.flatMap((text) => [text, text, text]),
  );
  fold.judge((await client.get(`/api/jobs/${jobId}`)).json, await logOf(client, jobId), isDeepStrictEqual);
}

async function report(client: Client, jobId: string, body: object): Promise<void> {
  const { status, json } = await client.post(`/api/jobs/${jobId}/progress`, body);
  assert.equal(status, 200, JSON.stringify(json));
}

async function logOf(client: Client, jobId: string) {
  const lines: { revision: number; k: number }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { json } = await client.get(`/api/jobs/${jobId}/logs?limit=100&cursor=${cursor}`);
    lines.push(...json.logs);
    cursor = json.next_cursor;
  }
  return lines;
}
