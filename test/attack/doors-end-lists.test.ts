/** Lists beside an end: what of them can be taken is, and the end whatever their length. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client.ts';
import { SocketReporter } from '../support/reporter.ts';
import { reported } from './read-back.ts';
import { expectRefusal } from './refusal.ts';

let client: Client;

beforeAll(async () => {
  client = await makeClient();
});

describe('an end', () => {
  it('keeps the other log entries beside one that is none', async () => {
    const logs = [
      null,
      { level: 'error', message: 'cause' },
      null,
      { level: 'info', message: 'after' },
      null,
    ];
    const { answer, job } = await reported(client, JSON.stringify({ logs, mark_completed: true }));
    expect(answer.json.ignored.map(({ path }: { path: string }) => path)).toEqual([
      'logs.0',
      'logs.2',
      'logs.4',
    ]);
    const { logs: lines } = (await client.get(`/api/jobs/${job.json.job_id}/logs`)).json;
    const own = lines.filter(({ kind }: { kind: string }) => kind === 'log');
    expect(own.map(({ message }: { message: string }) => message)).toEqual(['cause', 'after']);
  });

  it('is taken of a batch of more than a thousand, with the first thousand of it', async () => {
    const many = Array.from({ length: 1_000 }, () => ({ processed_delta: 1 }));
    const batch = async (reports: object[]) => {
      const id = await client.createJob();
      return client.post(`/api/jobs/${id}/progress/batch`, { reports });
    };
    const last = await batch([...many, { mark_completed: true }]);
    expect(last.status, last.text).toBe(200);
    expect(last.json.job).toMatchObject({ status: 'completed', processed_items: 1_000 });
    expect([last.json.verdicts.length, last.json.ignored]).toEqual([1_001, undefined]);

    const left = [{ processed_delta: 1 }, { error: { entity_key: 'k', error_type: 't', message: 'm' } }];
    const later = await batch([...many, ...left, { mark_completed: true }, { message: 'late' }]);
    const told = { path: 'reports', message: expect.stringContaining('3 more') };
    expect(later.json.ignored, later.text).toEqual([told]);
    expect(later.json.job).toMatchObject({ status: 'completed_with_warnings', processed_items: 1_000 });
    expect(later.json.job.warnings).toMatchObject([{ error_type: 'report_incomplete' }]);
    expect(later.json.verdicts).toHaveLength(1_001);

    const early = await batch([{ mark_failed: 'boom' }, ...many]);
    expect(early.json.job).toMatchObject({ status: 'failed', error_message: 'boom', warnings_total: 0 });
    expect([early.json.verdicts.length, early.json.ignored.length]).toEqual([1_000, 1]);
    expectRefusal(await batch([...many, {}]), 422, 'validation_failed');
  });

  it('says of each report of its batch whether anything of it was taken', async () => {
    const [most, large] = [Number.MAX_SAFE_INTEGER, { a: 'm'.repeat(70_000) }];
    const reports: [object, string | null][] = [
      [{ processed_items: 1, failed_items: 1 }, null],
      [{ processed_delta: most }, 'ignored'],
      [{ processed_delta: most, message: 'm' }, null],
      [{ failed_delta: most }, null],
      [{ metadata_patch: large, mark_started: false }, 'ignored'],
      [{ metadata_patch: { ...large, stage: 's' } }, null],
      [{ metadata_patch: large, reporter: 'w', sequence: 1 }, null],
      [{ nope: 1, mark_completed: false }, 'ignored'],
      [{ mark_completed: true }, null],
    ];
    const id = await client.createJob();
    const sent = { reports: reports.map(([report]) => report) };
    const { json, text } = await client.post(`/api/jobs/${id}/progress/batch`, sent);
    const reasons = json.verdicts.map(({ reason = null }) => reason);
    expect(reasons, text).toEqual(reports.map(([, reason]) => reason));
    for (const [n, { applied, revision }] of json.verdicts.entries()) {
      expect(applied).toBe(reasons[n] === null);
      if (!applied) expect(revision).toBe(json.verdicts[n - 1].revision);
    }
    expect(json.ignored).toHaveLength(7);
    expect(json.job.warnings).toMatchObject([{ error_type: 'report_incomplete' }]);
  });

  it('names its job as that is, in whatever case it was asked for', async () => {
    const sent = { error: 'odd', failed_items: -1, mark_completed: true };
    const [one, many, framed] = [
      await client.createJob(),
      await client.createJob(),
      await client.createJob(),
    ];
    await client.report(one.toUpperCase(), sent);
    await client.post(`/api/jobs/${many.toUpperCase()}/progress/batch`, { reports: [sent] });
    const worker = await SocketReporter.open(client, framed.toUpperCase());
    await worker.report(sent);
    for (const id of [one, many, framed]) {
      const { errors, warnings } = (await client.get(`/api/jobs/${id}`)).json;
      expect([errors, warnings]).toMatchObject([[{ entity_key: id }], [{ entity_key: id }]]);
    }
  });
});
