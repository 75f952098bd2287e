/** What programs add to an address, and how they write lists and times into one. */
import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient, send } from '../support/client.ts';
import { openStream, StreamReader } from '../support/stream.ts';
import { makeToken } from '../support/tokens.ts';
import { expectRefusal } from './refusal.ts';

let client: Client;
let job: string;
let failed: string;

beforeAll(async () => {
  client = await makeClient();
  job = await client.createJob({ tags: ['a,b', 'c'] });
  await client.report(job, { mark_started: true, stage: 'reading', logs: [{ level: 'warn', message: 'w' }] });
  failed = await client.createJob({ job_type: 'export' });
  await client.report(failed, { mark_failed: 'broken' });
});

const idsOf = ({ json }: Answer) =>
  (json.jobs ?? json).map((one: Record<string, string>) => one.job_id ?? one.id);

describe('what nobody asked for', () => {
  const STRAY = ['_=1732726800', 'utm_source=mail&utm_medium=x', 'v=3', 'v=1&v=2', 'a[]=1', 'constructor=1'];

  it.each(STRAY)('?%s is passed over by pictures, streams and sockets', async (stray) => {
    const token = await makeToken(client, job, 'read');
    for (const file of ['badge.svg', 'progress.svg']) {
      const picture = await send(null, 'GET', `/api/jobs/${job}/${file}?${stray}&token=${token}`);
      expect([picture.status, picture.headers.get('Content-Type')], picture.text).toEqual([
        200,
        'image/svg+xml; charset=utf-8',
      ]);
    }
    for (const path of [`/api/jobs/${job}/stream`, '/api/events/stream']) {
      const stream = await client.get(`${path}?${stray}`);
      expect([stream.status, stream.headers.get('Content-Type')], stream.text).toEqual([
        200,
        'text/event-stream',
      ]);
    }
    const headers = { Upgrade: 'websocket' };
    expect((await client.get(`/api/jobs/${job}/socket?${stray}`, { headers })).status).toBe(101);
  });

  it('is passed over by a list where it is `_`, and refused with a hint where it is not', async () => {
    const hook = {
      name: 'strays',
      verification: { scheme: 'token' },
      mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
    };
    const { hook_id } = (await client.post('/api/hooks', hook)).json;
    const { webhook_id } = (await client.post('/api/webhooks', { url: 'https://receiver.example/strays' }))
      .json;
    const lists = ['errors', 'warnings', 'logs', 'events', 'items'].map((list) => `/api/jobs/${job}/${list}`);
    const others = ['/api/jobs', '/api/v1/jobs', '/api/events', `/api/webhooks/${webhook_id}/deliveries`];
    for (const path of [...lists, ...others, `/api/hooks/${hook_id}/arrivals`]) {
      const answer = await client.get(`${path}?_=1732726800`);
      expect(answer.status, `${path} ${answer.text}`).toBe(200);
      for (const stray of ['utm_source=mail', 'v=3', 'limti=3']) {
        const refused = await client.get(`${path}?_=1&${stray}`);
        expectRefusal(refused, 422, 'validation_failed');
        expect(refused.json.errors[0].message).toMatch(/did you mean|known are/);
      }
    }
  });

  it('does not make a known parameter good', async () => {
    expectRefusal(await client.get('/api/events/stream?v=1&types=nope'), 422, 'validation_failed');
  });
});

describe('a list in a query', () => {
  it.each([
    'status=in_progress&status=failed',
    'status[]=in_progress&status[]=failed',
    'status%5B0%5D=in_progress&status%5B1%5D=failed',
    'status=in_progress,failed',
    'status=in_progress,%20failed,',
    'status[]=in_progress,failed&status=running',
  ])('?%s is two statuses', async (query) => {
    expect(idsOf(await client.get(`/api/jobs?${query}`)).sort()).toEqual([job, failed].sort());
    const shorter = query.replaceAll('in_progress', 'running');
    expect(idsOf(await client.get(`/api/v1/jobs?${shorter}`)).sort()).toEqual([job, failed].sort());
  });

  it('is read alike in the feed, in its stream and among deliveries', async () => {
    for (const query of ['types[]=job.failed&types[]=job.started', 'types=job.failed,job.started']) {
      const { json } = await client.get(`/api/events?${query}`);
      const told = json.events.map(({ type }: { type: string }) => type);
      expect([
        told.includes('job.failed'),
        told.includes('job.started'),
        told.includes('job.created'),
      ]).toEqual([true, true, false]);
      expect((await client.get(`/api/events/stream?${query}`)).status).toBe(200);
    }
    const { webhook_id } = (await client.post('/api/webhooks', { url: 'https://receiver.example/lists' }))
      .json;
    const path = `/api/webhooks/${webhook_id}/deliveries`;
    for (const query of ['status=pending,retrying', 'status[]=pending&status[]=retrying']) {
      expect((await client.get(`${path}?${query}`)).json).toEqual({ deliveries: [], next_cursor: null });
    }
    expectRefusal(await client.get(`${path}?status=pending,nope`), 422, 'validation_failed');
  });

  it('parts no text that someone chose: a tag may hold a comma', async () => {
    for (const query of ['tag=a,b', 'tag[]=a,b', 'tag[]=a,b&tag[]=c', 'tag[0]=a,b']) {
      expect(idsOf(await client.get(`/api/jobs?${query}`)), query).toEqual([job]);
    }
    expect(idsOf(await client.get('/api/jobs?tag=a'))).toEqual([]);
  });

  it('of one value may stand where one is taken, of two it may not', async () => {
    expect((await client.get(`/api/jobs/${job}/logs?level[]=warn`)).json.logs).toHaveLength(1);
    expectRefusal(
      await client.get(`/api/jobs/${job}/logs?level[]=warn&level[]=info`),
      422,
      'validation_failed',
    );
  });
});

describe('a time in a query', () => {
  const HOUR = 3_600_000;
  const forms = (at: number) => {
    const text = new Date(at).toISOString();
    const ahead = new Date(at + 2 * HOUR).toISOString().slice(0, 19);
    return [
      text,
      text.replace('T', ' '),
      text.replace('T', '+'),
      text.toLowerCase(),
      text.replace('.', ','),
      text.slice(0, 19),
      text.slice(0, 16),
      `${ahead}+02:00`,
      `${ahead}%2B0200`,
      `${ahead}+02`,
      String(at),
      String(Math.floor(at / 1_000)),
    ];
  };

  it('is read as programs write it, in lists of jobs', async () => {
    for (const before of forms(Date.now() - HOUR)) {
      expect(idsOf(await client.get(`/api/jobs?created_after=${before}`)), before).toHaveLength(2);
      expect(idsOf(await client.get(`/api/jobs?created_before=${before}`)), before).toHaveLength(0);
    }
    for (const after of forms(Date.now() + HOUR)) {
      expect(idsOf(await client.get(`/api/jobs?created_after=${after}`)), after).toHaveLength(0);
      expect(idsOf(await client.get(`/api/jobs?created_before=${after}`)), after).toHaveLength(2);
    }
    expect(idsOf(await client.get(`/api/jobs?created_after=2020-01-01`))).toHaveLength(2);
  });

  it('and of lines', async () => {
    const all = (await client.get(`/api/jobs/${job}/logs`)).json.logs.length;
    for (const before of forms(Date.now() - HOUR)) {
      expect((await client.get(`/api/jobs/${job}/logs?since=${before}`)).json.logs, before).toHaveLength(all);
      expect((await client.get(`/api/jobs/${job}/logs?until=${before}`)).json.logs, before).toHaveLength(0);
    }
  });

  it('that can’t be read is refused by its name', async () => {
    for (const bad of ['nope', '2025-02-30', '2025-13-01T00:00Z', '12:00', '1e9', '9'.repeat(30)]) {
      for (const path of ['/api/jobs?created_after', `/api/jobs/${job}/logs?until`]) {
        const answer = await client.get(`${path}=${bad}`);
        expectRefusal(answer, 422, 'validation_failed');
        expect(answer.json.errors[0].message).toContain('must be a time');
      }
    }
  });
});

describe('?lastEventId=', () => {
  const NAMES = ['lastEventId', 'Last-Event-ID', 'last-event-id', 'lastEventID'];

  it.each(NAMES)('as ?%s= goes on with a job’s stream as the header does', async (name) => {
    const { revision } = (await client.get(`/api/jobs/${job}`)).json;
    await client.report(job, { message: `after ${revision}` });
    const query = `?after=1&${name}=${revision}`;
    const reader = await read(`/api/jobs/${job}/stream${query}`);
    const frame = await reader.next();
    await reader.close();
    expect([frame?.event, frame?.id]).toEqual(['update', String(revision + 1)]);
    expect(frame?.data.entries).toMatchObject([{ revision: revision + 1, kind: 'log' }]);
  });

  it('gives way to the header, and is nothing where it is empty', async () => {
    const { revision } = (await client.get(`/api/jobs/${job}`)).json;
    const resumed = await read(`/api/jobs/${job}/stream?lastEventId=1`, {
      'Last-Event-ID': String(revision - 1),
    });
    expect((await resumed.next())?.data.entries).toHaveLength(1);
    await resumed.close();
    const fresh = await read(`/api/jobs/${job}/stream?lastEventId=`);
    expect((await fresh.next())?.event).toBe('snapshot');
    await fresh.close();
    const known = await openStream(client, job, { lastEventId: String(revision - 1) });
    expect((await known.next())?.event).toBe('update');
    await known.close();
  });

  it('goes on with the organization’s stream, wins over `after`, and has to be a cursor of it', async () => {
    const first = await read('/api/events/stream');
    const { id } = (await first.next()) ?? { id: '' };
    const second = await first.next();
    await first.close();
    const again = await read(`/api/events/stream?after=nonsense&lastEventId=${encodeURIComponent(id)}`);
    expect((await again.next())?.data).toEqual(second?.data);
    await again.close();
    expectRefusal(await client.get('/api/events/stream?lastEventId=nonsense'), 400, 'invalid_cursor');
  });

  it('is nothing to what is no stream', async () => {
    expectRefusal(await client.get('/api/events?lastEventId=1'), 422, 'validation_failed');
  });
});

async function read(path: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const request = new Request(`https://headway.test${path}`, {
    headers: { Authorization: `Bearer ${client.key}`, ...headers },
  });
  return new StreamReader(await exports.default.fetch(request));
}
