import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { holdDisk } from '../support/hold-disk';
import { jobStub } from '../support/objects';
import { SocketReporter } from '../support/reporter';

/** What becomes of reports over a socket that an object can't take for now. */

let client: Client;
beforeAll(async () => {
  client = await makeClient();
}, 60_000);
afterEach(() => {
  vi.restoreAllMocks();
});

async function counterOf(id: string): Promise<number> {
  return (await client.get(`/api/jobs/${id}`)).json.processed_items;
}

describe('a sequence that is refused for now', () => {
  it('holds back what follows it, so that all can be sent again in order', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_started: true });
    vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('away'));
    const stages = Array.from({ length: 950 }, (_, n) => ({ stage: `s${n}` }));
    await client.post(`/api/jobs/${id}/progress/batch`, { reports: stages });
    const worker = await SocketReporter.open(client, id);
    const reports = [{ processed_delta: 1 }, { stage: 'x' }, { processed_delta: 1 }, { processed_delta: 1 }];
    const send = (to: SocketReporter) => {
      for (const [n, report] of reports.entries())
        to.send({ report: { ...report, reporter: 'w', sequence: n } });
    };
    send(worker);
    const acks = await worker.acks(4);
    const words = acks.map(({ applied, error }) => applied ?? error.code);
    expect(words).toEqual([true, 'overloaded', 'overloaded', 'overloaded'].slice(0, words.length));
    expect(words.length).toBeGreaterThan(1);
    await worker.socket.rest();
    expect(worker.socket.closed).toBe(1013);
    vi.restoreAllMocks();
    await vi.waitFor(async () => {
      // Any report tries the index again, every two seconds.
      await client.report(id, { metadata_patch: { a: 1 } });
      const again = await SocketReporter.open(client, id);
      send(again);
      const answers = (await again.acks(4)).map(
        ({ reason, applied, error }) => reason ?? applied ?? error.code,
      );
      again.socket.close();
      expect(answers.at(-1)).not.toBe('overloaded');
      expect(['duplicate', 'stale', true]).toContain(answers[0]);
    }, 10_000);
    const { processed_items, stage } = (await client.get(`/api/jobs/${id}`)).json;
    expect([processed_items, stage]).toEqual([3, 'x']);
  });
});

describe('too many at once', () => {
  it('are refused one by one, and the socket lives', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const disk = await holdDisk(await jobStub(client.organization, id));
    for (let n = 0; n < 1_003; n++) worker.send({ report: { processed_delta: 1 } });
    const refused = await worker.acks(3);
    expect(refused.map((ack) => [ack.id, ack.error.code])).toEqual(
      [1_001, 1_002, 1_003].map((n) => [n, 'overloaded']),
    );
    disk.release();
    const acks = await worker.acks(1_000);
    expect(acks.every(({ applied }) => applied)).toBe(true);
    expect(await worker.report({ processed_delta: 1 })).toMatchObject({ applied: true });
    expect(await counterOf(id)).toBe(1_001);
    worker.socket.close();
  });

  it('with a sequence close it, since what follows may not overtake them', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const disk = await holdDisk(await jobStub(client.organization, id));
    const reports = Array.from({ length: 5 }, () => ({ logs: [] as object[] }));
    const logs = Array.from({ length: 50 }, () => ({ level: 'info', message: 'x'.repeat(4_000) }));
    for (const report of reports) report.logs = logs;
    for (let sequence = 0; sequence < 6; sequence++) {
      worker.send({ reports: [...reports.slice(1), { ...reports[0], reporter: 'w', sequence }] });
    }
    expect(await worker.acks(6)).toMatchObject([{ id: 5, error: { code: 'overloaded' } }]);
    expect(worker.socket.closed).toBe(1013);
    disk.release();
  });
});
