import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/domain/job/command';
import type { JobLimits } from '../../src/domain/job/report-rate';
import type { Applied, UnitKey } from '../../src/objects/job/contract';
import { type Client, makeClient } from '../support/client';
import { countRows } from '../support/count-rows';
import { jobStub } from '../support/objects';

/** How fast a job takes reports and how much it stores, as its organization’s limits say. */

const FEW: JobLimits = { reports_per_second: 1, reports_burst: 3, job_bytes: 67_108_864 };
const SMALL: JobLimits = { reports_per_second: 100_000, reports_burst: 100_000, job_bytes: 700_000 };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A new job, to which units are sent as a Worker sends them. */
async function makeJob(limits: JobLimits, fields: Record<string, unknown> = {}) {
  const id = await client.createJob(fields);
  const stub = await jobStub(client.organization, id);
  return {
    id,
    stub,
    async send(reports: Report | Report[], key: UnitKey | null = null): Promise<Applied> {
      const commands = [reports].flat().map((report) => ({ verb: 'report' as const, report, digest: '' }));
      const unit = { commands, batch: Array.isArray(reports) };
      const applied = await stub.apply(client.organization, { unit, key, limits }, {});
      if (applied === null) throw new Error('no job');
      return applied as Applied;
    },
  };
}

const outcomeOf = ({ answer }: Applied) => (answer.outcome === 'done' ? 'done' : answer.rejection.code);

describe('reports on one job', () => {
  it('beyond its rate are refused, and nothing changes but the sign of life', async () => {
    const { id, send, stub } = await makeJob(FEW, { heartbeat_timeout_seconds: 10 });
    for (let n = 1; n <= 3; n++) expect(outcomeOf(await send({ processed_items: n }))).toBe('done');
    const before = await client.get(`/api/jobs/${id}`);
    let refused: Applied | null = null;
    const rows = await countRows(stub, async () => {
      refused = await send({
        processed_items: 9,
        error: { entity_key: 'k', error_type: 't', message: 'm' },
      } as Report);
    });
    expect((refused as Applied | null)?.answer).toMatchObject({
      outcome: 'refused',
      rejection: { code: 'rate_limited', rate: { name: 'reports', quota: 1, window: 1, left: 0, reset: 1 } },
    });
    expect(rows).toBe(0);
    expect((await client.get(`/api/jobs/${id}`)).text).toBe(before.text);
    expect(outcomeOf(await send({ mark_completed: true }))).toBe('done');
  });

  it('beyond its rate are signs of life all the same', async () => {
    const { send, stub } = await makeJob(
      { ...FEW, reports_per_second: 0.001 },
      { heartbeat_timeout_seconds: 10 },
    );
    for (let n = 1; n <= 3; n++) await send({ processed_items: n });
    const seen = () =>
      runInDurableObject(stub, (_job, { storage }) => {
        return storage.sql.exec<{ seen_at: number }>('SELECT seen_at FROM job').one().seen_at;
      });
    const before = await seen();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5_000 });
    expect(outcomeOf(await send({ processed_items: 4 }))).toBe('rate_limited');
    vi.useRealTimers();
    expect(await seen()).toBeGreaterThanOrEqual(before + 5_000);
  });

  it('are counted by unit, not by report, and a key’s replay is not counted', async () => {
    const { send } = await makeJob(FEW);
    const key = { key: '1'.repeat(32), body: '1'.repeat(16), value: '1'.repeat(16) };
    const many = Array.from({ length: 500 }, (): Report => ({ processed_delta: 1 }));
    expect(outcomeOf(await send(many, key))).toBe('done');
    for (let n = 0; n < 5; n++) expect((await send(many, key)).answer).toMatchObject({ replayed: true });
    const message = 'm';
    const logs = Array.from({ length: 100 }, () => ({ level: 'info' as const, message }));
    expect(outcomeOf(await send({ logs }))).toBe('done');
    expect(outcomeOf(await send({ message }))).toBe('rate_limited');
  });
});

describe('a job that stores as many bytes as it may', () => {
  it('keeps fewer of its oldest entries, exact totals, and says so', async () => {
    const { id, send, stub } = await makeJob(SMALL);
    await send({ error: { entity_key: 'k', entity_type: 'job', error_type: 't', message: 'the only one' } });
    const line = (n: number) => ({ level: 'info' as const, message: `${n} ${'x'.repeat(3_900)}` });
    let bound: unknown = null;
    for (let n = 0; n < 300; n += 20) {
      const { answer } = await send({ logs: Array.from({ length: 20 }, (_, k) => line(n + k)) });
      if (answer.outcome === 'done') bound = answer.bound ?? null;
    }
    expect(bound).toEqual(['log']);
    const size = () => runInDurableObject(stub, (_job, { storage }) => storage.sql.databaseSize);
    const full = await size();
    expect(full).toBeLessThan(SMALL.job_bytes + 200_000);
    await send({ logs: Array.from({ length: 100 }, (_, k) => line(300 + k)) });
    expect(await size()).toBeLessThan(full + 100_000);

    const { json: job } = await client.get(`/api/jobs/${id}`);
    expect(job).toMatchObject({ logs_total: 403, errors_total: 1 });
    const kept: string[] = [];
    let cursor = '';
    do {
      const { json } = await client.get(`/api/jobs/${id}/logs?limit=100${cursor}`);
      kept.push(...json.logs.map(({ message }: { message: string }) => message.split(' ')[0]));
      cursor = json.next_cursor === null ? '' : `&cursor=${encodeURIComponent(json.next_cursor)}`;
    } while (cursor !== '');
    const lines = kept.filter((word) => /^\d+$/.test(word)).map(Number);
    expect(lines.length).toBeGreaterThanOrEqual(100);
    expect(lines.length).toBeLessThan(300);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, k) => 400 - lines.length + k));
    // Events and the error stay.
    expect(kept).toContain('the');
    expect((await client.get(`/api/jobs/${id}/errors`)).json.errors).toHaveLength(1);
  });

  it('says how many a page’s reader has missed, and starts a watcher anew that would miss some', async () => {
    const { id, send } = await makeJob(SMALL);
    const line = () => ({ level: 'info' as const, message: 'x'.repeat(3_900) });
    await send({ logs: Array.from({ length: 100 }, line) });
    const first = await client.get(`/api/jobs/${id}/logs?limit=10`);
    for (let n = 0; n < 8; n++) await send({ logs: Array.from({ length: 50 }, line) });
    const cursor = encodeURIComponent(first.json.next_cursor);
    const { json: next } = await client.get(`/api/jobs/${id}/logs?limit=10&cursor=${cursor}`);
    expect(next.dropped).toBeGreaterThan(200);
    const stream = await client.get(`/api/jobs/${id}/stream?after=2`);
    expect(stream.text).toMatch(/event: resync/);
  });
});
