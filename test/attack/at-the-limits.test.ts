/** What stands exactly at a limit is taken and given back as it came; one more is refused. */
import { beforeAll, expect, it } from 'vitest';
import { type Answer, type Client, makeClient } from '../support/client.ts';
import { snapshot } from './bystander.ts';
import { bytes } from './doors.ts';
import { arrays, objects, wide } from './nested.ts';
import { expectRefusal } from './refusal.ts';

const KIB = 1024;
let client: Client;

beforeAll(async () => {
  client = await makeClient();
});

function postText(path: string, text: string): Promise<Answer> {
  return client.send('POST', path, { raw: bytes(text), headers: { 'Content-Type': 'application/json' } });
}

async function expectRefusedUnchanged(
  jobId: string,
  text: string,
  status: number,
  code: string,
): Promise<void> {
  const before = await snapshot(client, jobId);
  expectRefusal(await postText(`/api/jobs/${jobId}/progress`, text), status, code);
  expect(await snapshot(client, jobId)).toEqual(before);
}

/** A report whose only field is a string, made `size` bytes long. */
const sized = (size: number) => `{"message":"${'a'.repeat(size - '{"message":""}'.length)}"}`;

it.each([
  ['32 levels, the body being the first', objects(31)],
  ['32 levels of both kinds', `{"x":${arrays(30)}}`],
  ['1,000 keys', wide(1_000)],
  ['1,000 keys twice', `{"x":${wide(1_000)},"y":${wide(1_000)}}`],
  ['odd but sound text', '{"":"","\\u0000":"\\u0000","\\ud83d\\ude00":"😀\\u2028","a":"\\"\\\\\\u001f"}'],
  [
    'names that are nearly poison',
    '{"proto":1,"Constructor":3,"toString":1,"x":["__proto__","constructor"]}',
  ],
  ['extreme numbers', '{"big":1.7976931348623157e308,"small":5e-324,"n":-0.5,"i":9007199254740993}'],
])('metadata and result: %s', async (_, text) => {
  const made = await postText('/api/jobs/', `{"job_type":"import","total_items":1,"metadata":${text}}`);
  expect(made.status, made.text).toBe(201);
  const path = `/api/jobs/${made.json.job_id}`;
  expect((await postText(`${path}/progress`, `{"result":${text}}`)).status).toBe(200);
  const job = (await client.get(path)).json;
  expect([job.metadata, job.result]).toEqual([JSON.parse(text), JSON.parse(text)]);
});

it('a report of 256 KiB, and of one byte more', async () => {
  const jobId = await client.createJob();
  expect((await postText(`/api/jobs/${jobId}/progress`, sized(256 * KIB))).status).toBe(200);
  const job = (await client.get(`/api/jobs/${jobId}`)).json;
  expect(job.last_message).toBe(`${'a'.repeat(1_000)}…${'a'.repeat(2_999)}`);
  await expectRefusedUnchanged(jobId, sized(256 * KIB + 1), 413, 'body_too_large');
});

it('metadata of 64 KiB in all, however it comes together', async () => {
  const jobId = await client.createJob();
  const half = 'a'.repeat(32 * KIB);
  const rest = 64 * KIB - JSON.stringify({ a: half, b: '' }).length;
  expect((await client.report(jobId, { metadata_patch: { a: half } })).status).toBe(200);
  const more = JSON.stringify({ metadata_patch: { b: 'b'.repeat(rest + 1) } });
  await expectRefusedUnchanged(jobId, more, 413, 'metadata_too_large');
  const full = await client.report(jobId, { metadata_patch: { b: 'b'.repeat(rest) } });
  expect(full.status, full.text.slice(0, 300)).toBe(200);
  expect(JSON.stringify(full.json.metadata).length).toBe(64 * KIB);
  await expectRefusedUnchanged(jobId, '{"metadata_patch":{"c":0}}', 413, 'metadata_too_large');
  // `stage` and `message` are shown in the metadata and don't count (behaviour §2).
  expect((await client.report(jobId, { stage: 'full', message: 'm' })).status).toBe(200);
});

it('a result of 64 KiB', async () => {
  const jobId = await client.createJob();
  expect((await client.report(jobId, { result: 'a'.repeat(64 * KIB - 2) })).status).toBe(200);
  const more = JSON.stringify({ result: 'a'.repeat(64 * KIB - 1) });
  await expectRefusedUnchanged(jobId, more, 413, 'result_too_large');
});

it('text is counted in code points', async () => {
  const stage = '😀'.repeat(200);
  const error = {
    entity_key: '😀'.repeat(512),
    error_type: stage,
    entity_type: stage,
    step: stage,
    message: 'm',
  };
  const jobId = await client.createJob({ job_type: '😀'.repeat(100), name: stage, triggered_by: stage });
  const answer = await client.report(jobId, { stage, error, message: '😀'.repeat(4_000) });
  expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  expect(answer.json).toMatchObject({ stage, last_message: '😀'.repeat(4_000), errors: [error] });
  await client.report(jobId, { message: '😀'.repeat(4_001) });
  const job = (await client.get(`/api/jobs/${jobId}`)).json;
  expect(job.last_message).toBe(`${'😀'.repeat(1_000)}…${'😀'.repeat(2_999)}`);
});

it('counters of 2⁵³−1', async () => {
  const max = Number.MAX_SAFE_INTEGER;
  const jobId = await client.createJob({ total_items: max });
  const answer = await postText(
    `/api/jobs/${jobId}/progress`,
    `{"processed_items":${max},"warned_items":1e0}`,
  );
  expect(answer.json).toMatchObject({ total_items: max, processed_items: max, warned_items: 1 });
  expect(answer.json.progress_percentage).toBe(100);
});
