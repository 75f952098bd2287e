/** Sixteen clients at four jobs at once: every change has a revision of its own, and nothing is lost or counted twice. */
import { expect, it } from 'vitest';
import { type Client, makeKey, makeOrganization } from '../support/client.ts';

const CLIENTS = 16;
const JOBS = 4;
const ROUNDS = 6;

it('gives every change its own revision, and adds deltas exactly', async () => {
  const organization = await makeOrganization();
  const clients: Client[] = [];
  for (let n = 0; n < CLIENTS; n += 1) clients.push(await makeKey(organization));
  const jobIds: string[] = [];
  for (let n = 0; n < JOBS; n += 1)
    jobIds.push(await (clients[n] as Client).createJob({ total_items: 10_000 }));

  const revisions = new Map(jobIds.map((jobId): [string, number[]] => [jobId, []]));
  const workers = clients.flatMap((client, number) =>
    jobIds.map(async (jobId) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        revisions.get(jobId)?.push(await reportTwice(client, jobId, number, round));
      }
    }),
  );
  let working = true;
  const readers = clients.map((client, number) => readOn(client, jobIds[number % JOBS] ?? '', () => working));
  try {
    await Promise.all(workers);
  } finally {
    working = false;
    await Promise.all(readers);
  }

  for (const jobId of jobIds) {
    const count = CLIENTS * ROUNDS;
    const expected = Array.from({ length: count }, (_, n) => n + 2);
    expect(revisions.get(jobId)?.toSorted((a, b) => a - b)).toEqual(expected);
    const { json } = await (clients[0] as Client).get(`/api/jobs/${jobId}`);
    expect(json).toMatchObject({
      revision: 1 + count,
      processed_items: ROUNDS * CLIENTS * ((CLIENTS + 1) / 2),
      failed_items: count,
      warned_items: 2 * count,
      errors_total: CLIENTS * ROUNDS,
      // One line a report's error, the creation's, and that of the start, which the first error is.
      logs_total: count + 2,
    });
  }
}, 120_000);

/** Reports, and sends the same again before the answer is there; both answer one revision. */
async function reportTwice(client: Client, jobId: string, number: number, round: number): Promise<number> {
  const body = {
    processed_delta: number + 1,
    failed_delta: 1,
    warned_delta: 2,
    error: { entity_key: 'the feed', error_type: 'odd', message: `${number}, ${round}` },
  };
  const key = { 'Idempotency-Key': `${number}.${round}` };
  const twice =
    round % 2 === 0 ? [client.report(jobId, body, key)] : [1, 2].map(() => client.report(jobId, body, key));
  const answers = await Promise.all(twice);
  const [first] = answers;
  for (const answer of answers) {
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({ applied: true, applied_revision: first?.json.applied_revision });
  }
  const replays = answers.filter(({ headers }) => headers.get('Idempotency-Replayed') === 'true');
  expect(replays).toHaveLength(answers.length - 1);
  // What was answered is in every later read.
  const { json } = await client.get(`/api/jobs/${jobId}`);
  expect(json.revision).toBeGreaterThanOrEqual(first?.json.revision);
  return first?.json.applied_revision;
}

/** Reads while others write: neither revision nor counters ever go back, and they belong together. */
async function readOn(client: Client, jobId: string, goOn: () => boolean): Promise<void> {
  let last = { revision: 0, processed_items: 0 };
  let reads = 0;
  while (goOn()) {
    const { json } = await client.get(`/api/jobs/${jobId}`);
    expect(json.revision).toBeGreaterThanOrEqual(last.revision);
    expect(json.processed_items).toBeGreaterThanOrEqual(last.processed_items);
    expect(json.failed_items).toBe(json.revision - 1);
    last = json;
    reads += 1;
    // Calls within one process wait for no I/O; a turn for the timers lets the writers' shared commits go on.
    await new Promise((resolve) => setTimeout(resolve));
  }
  expect(reads).toBeGreaterThan(0);
}
