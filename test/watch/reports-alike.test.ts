import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { reportInput } from '../support/arbitraries';
import { type Client, makeClient } from '../support/client';
import { SocketReporter } from '../support/reporter';

/** The same units over a socket, all under way at once, and over HTTP, one after the other. */

let client: Client;
beforeAll(async () => {
  client = await makeClient();
}, 60_000);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Unit {
  key: string | null;
  reports: object[];
  batch: boolean;
}

const report = fc
  .tuple(
    reportInput,
    fc.option(fc.record({ reporter: fc.constantFrom('v', 'w'), sequence: fc.integer({ min: 0, max: 9 }) })),
    fc.option(fc.constantFrom({ processed_itmes: 1 }, { metadata_patch: { a: 'x'.repeat(66_000) } }), {
      freq: 12,
    }),
  )
  .map(([input, place, bad]) => ({ ...input, ...place, ...bad }));
const key = fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { freq: 2 });
const units: fc.Arbitrary<Unit[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ key, reports: fc.tuple(report), batch: fc.constant(false) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        ...{ key, batch: fc.constant(true) },
        reports: fc.array(report, { minLength: 1, maxLength: 4 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 14 },
);

/** What became of a unit, in either wording. */
function told(answer: Record<string, unknown>, batch: boolean): object {
  const { applied, reason, applied_revision, last_sequence, verdicts, code, detail, errors } = answer;
  const all = (verdicts as { reason?: string; last_sequence?: number }[] | undefined) ?? [];
  // Over HTTP a worker hears that it was not heard; over a socket it is skipped, since frames come again after a break.
  if (
    code === 'stale_sequence' ||
    ((batch ? all.length > 0 : reason === 'stale') && all.every((one) => one.reason === 'stale'))
  )
    return { stale: last_sequence };
  if (code !== undefined) return { code, detail, errors };
  return batch ? { verdicts, applied_revision } : { applied, reason, applied_revision, last_sequence };
}

it('leave the same job and are answered the same', async () => {
  const run = fc.asyncProperty(units, async (sent) => {
    const [byHttp, bySocket] = [await client.createJob(), await client.createJob()];
    const worker = await SocketReporter.open(client, bySocket);
    for (const { key, reports, batch } of sent) {
      worker.send({ ...(key === null ? {} : { key }), ...(batch ? { reports } : { report: reports[0] }) });
    }
    // What is refused at the door is answered before what waits for its commit.
    const acks = (await worker.acks(sent.length)).sort((a, b) => a.id - b.id);
    const answers: object[] = [];
    for (const { key, reports, batch } of sent) {
      const headers: Record<string, string> = key === null ? {} : { 'Idempotency-Key': key };
      const path = `/api/jobs/${byHttp}/progress${batch ? '/batch' : ''}`;
      const { json, headers: got } = await client.post(path, batch ? { reports } : reports[0], headers);
      answers.push({ ...told(json, batch), replayed: got.has('Idempotency-Replayed') });
    }
    const acked = acks.map(({ error, replayed = false, ...ack }, index) => {
      return { ...told({ ...ack, ...error }, sent[index]?.batch ?? false), replayed };
    });
    expect(acked).toEqual(answers);
    const read = async (id: string, list = '') => {
      const { text } = await client.get(`/api/jobs/${id}${list}`);
      return JSON.parse(text.replaceAll(id, 'the job'));
    };
    for (const list of ['', '/logs', '/errors', '/warnings']) {
      expect(await read(bySocket, list)).toEqual(await read(byHttp, list));
    }
    worker.socket.close();
  });
  await fc.assert(run, { numRuns: 60 });
}, 240_000);
