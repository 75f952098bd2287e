/** Under one `Idempotency-Key` the same JSON value is the same request, whatever its text. Source: behaviour §2. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Answer, type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { SocketReporter } from '../support/reporter';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

function post(path: string, raw: string, key: string): Promise<Answer> {
  return client.send('POST', path, { raw, headers: { 'Idempotency-Key': key } });
}

/** Each of `texts` under one key: the first is done, the rest are replays of it. */
async function expectOne(path: string, texts: string[]): Promise<void> {
  const key = crypto.randomUUID();
  const answers: Answer[] = [];
  for (const text of texts) answers.push(await post(path, text, key));
  const [first, ...rest] = answers;
  expect(first?.status, first?.text).toBeLessThan(300);
  expect(first?.headers.get('Idempotency-Replayed')).toBeNull();
  for (const again of rest) {
    expect(again.status, again.text).toBe(200);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  }
}

describe('the same JSON value in another text', () => {
  it('is the same creation', () =>
    expectOne('/api/jobs/', [
      '{"job_type":"import","total_items":1,"metadata":{"a":{"b":1,"c":[1,2]}}}',
      '{ "metadata": { "a": { "c": [1, 2], "b": 1 } },\n "total_items": 1, "job_type": "\\u0069mport" }',
    ]));

  it('is the same report and batch', async () => {
    const id = await client.createJob();
    await expectOne(`/api/jobs/${id}/progress`, [
      '{"processed_delta":1,"stage":"s"}',
      '{"stage": "s", "processed_delta": 1}',
      '\ufeff{"stage":"s","processed_delta":1}\n',
    ]);
    await expectOne(`/api/jobs/${id}/progress/batch`, [
      '{"reports":[{"processed_delta":1,"stage":"s"}]}',
      '{"reports": [{"stage": "s", "processed_delta": 1}]}',
    ]);
    expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(2);
  });

  it('is the same rerun and cancellation, of which an empty one is {}', async () => {
    const id = await client.createJob();
    await expectOne(`/api/jobs/${id}/cancel`, ['', '{}', ' { } ']);
    await expectOne(`/api/jobs/${id}/rerun`, ['{"items":"all"}', '{ "items" : "all" }']);
    await expectOne(`/api/jobs/${id}/rerun`, ['{}', '']);
  });

  it('is the same over a socket', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    worker.send({ key: 'one', report: { processed_delta: 1, stage: 's' } });
    worker.send({ key: 'one', report: { stage: 's', processed_delta: 1 } });
    worker.send({ key: 'many', reports: [{ processed_delta: 1, stage: 's' }] });
    const [first, again] = await worker.acks(3);
    expect([first.replayed, again.replayed]).toEqual([undefined, true]);
    const single = await post(`/api/jobs/${id}/progress`, '{ "stage": "s", "processed_delta": 1 }', 'one');
    const path = `/api/jobs/${id}/progress/batch`;
    const batch = await post(path, '{"reports": [ { "stage": "s", "processed_delta": 1 } ] }', 'many');
    for (const { headers, text } of [single, batch])
      expect(headers.get('Idempotency-Replayed'), text).toBe('true');
    expect(batch.json).toMatchObject({ applied: true, verdicts: null });
    worker.socket.close();
  });
});

describe('another value', () => {
  it.each([
    ['a field', '{"metadata_patch":{"n":1}}', '{"metadata_patch":{"n":2}}'],
    ['the order of a list', '{"metadata_patch":{"n":[1,2]}}', '{"metadata_patch":{"n":[2,1]}}'],
    [
      'digits that a double does not hold',
      '{"metadata_patch":{"n":9007199254740992}}',
      '{"metadata_patch":{"n":9007199254740993}}',
    ],
  ])('is a conflict: %s', async (_name, one, other) => {
    const id = await client.createJob();
    const path = `/api/jobs/${id}/progress`;
    expect((await post(path, one, 'k')).status).toBe(200);
    expectRefusal(await post(path, other, 'k'), 422, 'idempotency_conflict');
  });
});

it('records of raw bytes that the version before kept still match those bytes', async () => {
  const [texts, key] = [
    ['{ "job_type": "import", "total_items": 1 }', '{"job_type":"import","total_items":1}'],
    'raw',
  ];
  const [sent = '', other = ''] = texts;
  const { job_id: id } = (await post('/api/jobs/', sent, key)).json;
  const path = `/api/jobs/${id}/progress`;
  const report = '{ "processed_delta": 1 }';
  expect((await post(path, report, key)).json.applied).toBe(true);

  const [created, reported] = [await digestOf(`create\0${sent}`), await digestOf(`report\0${report}`)];
  const stub = await jobStub(client.organization, id);
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    const { keys } = sql.exec<{ keys: ArrayBuffer }>('SELECT keys FROM job').one();
    const record = new Uint8Array(keys);
    record.set(Uint8Array.fromHex(reported), 16);
    sql.exec('UPDATE job SET created_digest = ?, keys = ?', created, record);
  });
  await evictDurableObject(stub);

  const again = [await post('/api/jobs/', sent, key), await post(path, report, key)];
  for (const { status, headers } of again)
    expect([status, headers.get('Idempotency-Replayed')]).toEqual([200, 'true']);
  expectRefusal(await post('/api/jobs/', other, key), 422, 'idempotency_conflict');
  expectRefusal(await post(path, '{"processed_delta":1}', key), 422, 'idempotency_conflict');
  expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(1);
});

/** What that version kept of operation and body. */
async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return new Uint8Array(digest, 0, 8).toHex();
}
