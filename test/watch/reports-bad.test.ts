import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client';
import { SocketReporter } from '../support/reporter';

/** Reports and frames over a job's WebSocket that are refused, and what they are told. */

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

describe('a bad report', () => {
  const bodies: [string, Record<string, unknown>][] = [
    ['an unknown field', { processed_itmes: 1 }],
    ['a wrong type', { processed_items: '1', stage: 7 }],
    ['setting and adding', { processed_items: 1, processed_delta: 1 }],
    ['a reporter alone', { reporter: 'w' }],
    ['too deep', { result: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }],
    ['too many keys', { result: Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`k${n}`, n])) }],
    ['too large a result', { result: 'x'.repeat(70_000) }],
    ['too large a metadata', { metadata_patch: { a: 'x'.repeat(70_000) } }],
    ['a counter over the top', { processed_delta: Number.MAX_SAFE_INTEGER }],
    ['no object', [] as unknown as Record<string, unknown>],
  ];

  it.each(bodies)('%s: refused as over HTTP, alone and in a batch', async (_name, body) => {
    const id = await client.createJob();
    await client.report(id, { processed_items: 1 });
    const worker = await SocketReporter.open(client, id);
    const frames = [
      { path: 'progress', sent: body, frame: { report: body } },
      { path: 'progress/batch', sent: { reports: [{}, body] }, frame: { reports: [{}, body] } },
    ];
    for (const { path, sent, frame } of frames) {
      const { json } = await client.post(`/api/jobs/${id}/${path}`, sent);
      const { code, detail, errors } = json;
      const ack = { id: worker.send(frame), error: { code, detail, ...(errors ? { errors } : {}) } };
      expect(await worker.acks(1)).toEqual([ack]);
    }
    expect(await worker.report({ processed_items: 2 })).toMatchObject({ applied: true });
    worker.socket.close();
  });

  it('is refused alone: those beside it in a commit are stored', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const large = { a: 'x'.repeat(70_000) };
    const reports = [
      { processed_delta: 1 },
      { processed_delta: 1, metadata_patch: large },
      { processed_delta: 1 },
    ];
    for (const report of reports) worker.send({ report });
    const acks = await worker.acks(3);
    expect(acks.map(({ applied, error }) => applied ?? error.code)).toEqual([
      true,
      'metadata_too_large',
      true,
    ]);
    expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(2);
    worker.socket.close();
  });

  it('may be 256 KiB large, and 1 MiB in a batch', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const report = (bytes: number) => {
      const logs = Array.from({ length: 100 }, () => ({ level: 'info', message: '' }));
      const missing = bytes - JSON.stringify({ logs }).length;
      for (const [n, log] of logs.entries())
        log.message = 'x'.repeat(Math.floor((missing + n) / logs.length));
      return { logs };
    };
    const fits = report(262_144);
    expect(JSON.stringify(fits).length).toBe(262_144);
    expect(await worker.report(fits)).toMatchObject({ applied: true });
    expect((await worker.report(report(262_145))).error.code).toBe('body_too_large');
    worker.send({ reports: [report(200_000), report(200_000), report(200_000)] });
    expect(await worker.acks(1)).toMatchObject([{ applied: true }]);
    worker.send({ reports: [{}, report(262_145)] });
    const [{ error }] = await worker.acks(1);
    expect(error).toMatchObject({ code: 'body_too_large', errors: [{ path: 'reports.1' }] });
    worker.send({ reports: Array.from({ length: 6 }, () => report(200_000)) });
    expect(await worker.next('error')).toMatchObject({ code: 'body_too_large' });
    worker.socket.close();
  });
});

describe('a bad frame', () => {
  const good = { processed_items: 1 };
  const frames: [string, Record<string, unknown>, string, unknown][] = [
    ['neither', {}, 'validation_failed', [{ path: 'report' }]],
    ['nulls', { report: null, reports: null, key: null }, 'validation_failed', [{ path: 'report' }]],
    ['both', { report: good, reports: [good] }, 'validation_failed', [{ path: 'report' }]],
    ['an unknown field', { reprot: good }, 'validation_failed', [{ path: 'reprot', message: /report\?/ }]],
    ['no reports', { reports: [] }, 'validation_failed', [{ path: 'reports' }]],
    ['reports that are no list', { reports: good }, 'validation_failed', [{ path: 'reports' }]],
    ['an empty key', { key: '', report: good }, 'invalid_request', undefined],
    ['a long key', { key: 'k'.repeat(256), report: good }, 'invalid_request', undefined],
    ['a key that is no text', { key: 1, report: good }, 'invalid_request', undefined],
  ];

  it.each(frames)('%s: an error under its id', async (_name, frame, code, errors) => {
    const worker = await SocketReporter.open(client, await client.createJob());
    const id = worker.send(frame);
    const message = await worker.next('acks');
    expect(message.control).toBeUndefined();
    expect(message.acks).toMatchObject([{ id, error: { code } }]);
    for (const [n, { path, message: text }] of (
      (errors ?? []) as { path: string; message?: RegExp }[]
    ).entries()) {
      expect(message.acks[0].error.errors[n].path).toBe(path);
      if (text) expect(message.acks[0].error.errors[n].message).toMatch(text);
    }
    expect(await worker.report(good)).toMatchObject({ applied: true });
    worker.socket.close();
  });

  it.each([{}, { id: null }, { id: 1.5 }, { id: 'x'.repeat(256) }, { id: {} }])(
    'without an id that can be answered, %j: an error of its own',
    async (id) => {
      const worker = await SocketReporter.open(client, await client.createJob());
      worker.socket.send(JSON.stringify({ ...id, report: good }));
      const error = { type: 'error', code: 'validation_failed', errors: [{ path: 'id' }] };
      expect(await worker.next('error')).toMatchObject(error);
      expect(await worker.report(good)).toMatchObject({ applied: true });
      worker.socket.close();
    },
  );
});

describe('an end in a frame', () => {
  const END = { mark_completed: true };

  it.each([
    ['no type', { report: END, type: null }, undefined, 'completed'],
    ['another type', { report: END, type: 'report' }, ['type'], 'completed'],
    ['an empty batch', { report: END, reports: [] }, ['reports'], 'completed'],
    ['a batch', { report: END, reports: [{ message: 'm' }] }, ['reports'], 'completed_with_warnings'],
    ['a report', { reports: [{}, END], report: { stage: 's' } }, ['report'], 'completed_with_warnings'],
    ['anything', { report: END, reports: [], type: 7, nope: 1 }, ['reports', 'type', 'nope'], 'completed'],
  ])('is taken beside %s', async (_name, frame, ignored, status) => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    worker.socket.send(JSON.stringify({ id: 1, ...frame }));
    const message = await worker.next('acks');
    expect(message.acks).toMatchObject([{ id: 1, applied: true }]);
    expect(message.acks[0].ignored?.map(({ path }: { path: string }) => path).sort()).toEqual(
      ignored?.sort(),
    );
    expect((await client.get(`/api/jobs/${id}`)).json.status).toBe(status);
  });

  it('is none in a ping, and a report of another type without one is refused under its id', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    worker.socket.send(JSON.stringify({ id: 1, type: 'ping', report: END }));
    expect(await worker.next('pong')).toEqual({ type: 'pong' });
    worker.send({ type: 'report', report: { processed_items: 1 } });
    expect(await worker.acks(1)).toMatchObject([{ id: 1, error: { errors: [{ path: 'type' }] } }]);
    worker.socket.send('{"type":"report"}');
    expect(await worker.next('error')).toMatchObject({ code: 'validation_failed' });
    expect((await client.get(`/api/jobs/${id}`)).json.revision).toBe(1);
    worker.socket.close();
  });
});
