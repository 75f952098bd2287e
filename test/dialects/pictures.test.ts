/** The two pictures over HTTP: what they are, how they are cached, whose token shows them. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { type Client, makeClient, send } from '../support/client';
import { makeFilterToken, makeToken, SCOPES } from '../support/tokens';
import { readXml } from '../support/xml';

const FILES = ['badge.svg', 'progress.svg'];
let client: Client;
let job: string;
beforeAll(async () => {
  client = await makeClient();
  job = await client.createJob({ name: '<script>alert("x")</script> & Söhne' });
  await client.report(job, { mark_started: true, processed_items: 4 });
});

describe.each(FILES)('%s', (file) => {
  const path = () => `/api/jobs/${job}/${file}`;

  it('is a picture that holds no script and fetches nothing', async () => {
    const answer = await client.get(path());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe('image/svg+xml; charset=utf-8');
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
    expect(answer.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none';/);
    expect(answer.headers.get('Content-Security-Policy')).not.toContain('script');
    expect(answer.headers.get('Job-Status')).toBe('in_progress');
    const { attributes } = readXml(answer.text);
    expect(attributes['aria-label']).toBe('<script>alert("x")</script> & Söhne: in progress, 40%');
  });

  it('is cached by its revision, and asked about before each use', async () => {
    const first = await client.get(path());
    const tag = first.headers.get('ETag') ?? '';
    expect(tag).toMatch(/^"[^"]+"$/);
    expect(first.headers.get('Cache-Control')).toBe('private, no-cache');
    for (const held of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await client.get(path(), { headers: { 'If-None-Match': held } });
      expect([again.status, again.text, again.headers.get('ETag')]).toEqual([304, '', tag]);
    }
    for (const other of ['"x"', tag.replace(/\d+"$/, '999"')]) {
      expect((await client.get(path(), { headers: { 'If-None-Match': other } })).status).toBe(200);
    }
    const tags = await Promise.all(
      FILES.map(async (one) => (await client.get(`/api/jobs/${job}/${one}`)).headers.get('ETag')),
    );
    expect(new Set(tags).size).toBe(FILES.length);
    await client.report(job, { message: 'on' });
    const changed = await client.get(path(), { headers: { 'If-None-Match': tag } });
    expect([changed.status, changed.headers.get('ETag') === tag]).toEqual([200, false]);
  });

  it('shows an ETA that has passed as overdue, never as a time to come; the body keeps it', async () => {
    const id = await client.createJob({ total_items: 100 });
    const shown = (tag = '"none"', what = `/${file}`) =>
      client.get(`/api/jobs/${id}${what}`, {
        headers: { 'If-None-Match': tag, 'Cache-Control': 'no-cache' },
      });
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'] });
    const at = (seconds: number) => vi.setSystemTime(start + seconds * 1_000);
    at(0);
    try {
      await client.report(id, { mark_started: true });
      for (const processed_items of [10, 20, 30]) {
        at(processed_items);
        await client.report(id, { processed_items });
      }
      at(99);
      const [soon, body] = [await shown(), await shown('"none"', '')];
      expect(Date.parse(body.json.eta_at)).toBe(Date.parse(body.json.started_at) + 100_000);
      expect(readXml(soon.text).attributes['aria-label']).toMatch(/in progress, 30%, ETA .*UTC$/);
      const tag = soon.headers.get('ETag') ?? '';
      expect((await shown(tag)).status).toBe(304);
      at(110);
      const late = await shown(tag);
      expect(late.status).toBe(200);
      expect(readXml(late.text).attributes['aria-label']).toMatch(/in progress, 30%, overdue$/);
      expect((await shown(late.headers.get('ETag') ?? '')).status).toBe(304);
      expect((await shown(body.headers.get('ETag') ?? '', '')).status).toBe(304);
      await client.report(id, { processed_items: 40 });
      const moved = await shown(late.headers.get('ETag') ?? '');
      expect(readXml(moved.text).attributes['aria-label']).toMatch(/in progress, 40%, ETA .*UTC$/);
    } finally {
      vi.useRealTimers();
    }
  });

  it('costs its job a read a second, however many look at it', async () => {
    const token = await makeToken(client, job, 'picture');
    const look = (tag: string) =>
      send(null, 'GET', `${path()}?token=${token}`, { headers: { 'If-None-Match': tag } });
    const tag = (await look('"none"')).headers.get('ETag') ?? '';
    const reads = vi.spyOn(JobDO.prototype, 'get');
    const began = Date.now();
    const looks = await Promise.all(Array.from({ length: 30 }, () => look(tag)));
    const seconds = Math.ceil((Date.now() - began) / 1_000);
    expect(new Set(looks.map(({ status }) => status))).toEqual(new Set([304]));
    expect(reads.mock.calls.length).toBeLessThanOrEqual(4 * seconds + 1);
    reads.mockRestore();
  });

  it.each(SCOPES)('a token of scope %s shows it, in the address or in the header', async (scope) => {
    const token = await makeToken(client, job, scope);
    const shown = [await send(null, 'GET', `${path()}?token=${token}`), await send(token, 'GET', path())];
    for (const answer of shown) {
      expect(answer.status, answer.text).toBe(200);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    }
    const byKey = await client.get(path());
    expect(byKey.headers.has('Access-Control-Allow-Origin')).toBe(false);
    expect(byKey.text).toBe(shown[0]?.text);
    const head = await send(null, 'HEAD', `${path()}?token=${token}`);
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('takes one token in its address and no key, and a header before it', async () => {
    const token = await makeToken(client, job, 'picture');
    const doors: [string | null, string, number][] = [
      [null, '', 401],
      [null, '?token=', 401],
      [null, `?token=${client.key}`, 401],
      [null, `?token=${token}x`, 401],
      [null, `?token=${token}&token=${token}`, 401],
      [null, `?Token=${token}`, 401],
      [null, `?access_token=${token}`, 401],
      ['nonsense', `?token=${token}`, 401],
      [client.key, `?token=${token}`, 200],
      [client.key, '?token=nonsense', 200],
      [null, `?token=${token}&v=2`, 200],
    ];
    for (const [credential, query, status] of doors) {
      const answer = await send(credential, 'GET', path() + query);
      expect([query.replaceAll(/hwt?_[\w-]+/g, '…'), answer.status], answer.text).toEqual([
        query.replaceAll(/hwt?_[\w-]+/g, '…'),
        status,
      ]);
      expect(answer.text).not.toContain(token);
    }
    const cookie = { Cookie: `stytch_session=${client.key}` };
    expect((await send(null, 'GET', `${path()}?token=${token}`, { headers: cookie })).status).toBe(200);
  });

  it('that there is none of is one grey picture in a page, and a refusal for whoever asks for no picture', async () => {
    const other = await client.createJob();
    const token = await makeToken(client, other, 'picture');
    const revoked = await makeToken(client, job, 'picture');
    await client.post(`/api/jobs/${other}/cancel`);
    const gone = `/api/jobs/${other}/${file}?token=${token}`;
    expect((await send(null, 'GET', gone)).status).toBe(200);
    await client.send('DELETE', `/api/jobs/${other}`);
    await client.send('DELETE', `/api/jobs/${job}/tokens`);
    const none = [
      gone,
      `${path()}?token=${token}`,
      `${path()}?token=${revoked}`,
      `${path()}?token=x`,
      path(),
    ];
    const shown = new Set<string>();
    for (const address of none) {
      for (const Accept of ['image/avif,image/webp,*/*;q=0.8', 'image/*', 'text/html,image/svg+xml']) {
        const answer = await send(null, 'GET', address, { headers: { Accept } });
        const headers = [
          'Content-Type',
          'Cache-Control',
          'Content-Security-Policy',
          'ETag',
          'WWW-Authenticate',
        ];
        shown.add(
          JSON.stringify([answer.status, answer.text, headers.map((name) => answer.headers.get(name))]),
        );
        expect(readXml(answer.text).attributes['aria-label']).toBe('not available');
      }
      for (const Accept of ['*/*', 'application/json']) {
        expect([401, 404]).toContain((await send(null, 'GET', address, { headers: { Accept } })).status);
      }
    }
    expect(shown.size).toBe(1);
    expect([...shown][0]).toMatch(/^\[200,.*no-store/);
    const byKey = { headers: { Accept: 'image/*', Authorization: 'Bearer nonsense' } };
    expect((await send(null, 'GET', path(), byKey)).status).toBe(401);
  });

  it('of another job, or after revocation, is not shown', async () => {
    const other = await client.createJob();
    const token = await makeToken(client, other, 'picture');
    expect((await send(null, 'GET', `${path()}?token=${token}`)).status).toBe(404);
    const own = `/api/jobs/${other}/${file}?token=${token}`;
    expect((await send(null, 'GET', own)).status).toBe(200);
    expect((await client.send('DELETE', `/api/jobs/${other}/tokens`)).status).toBe(204);
    expect((await send(null, 'GET', own)).status).toBe(401);
  });
});

it('what its creator shows more of it at is in the job, its lists, its feed, its reruns, and linked by its pictures', async () => {
  const details_url = 'https://Runs.example/1?a=ü';
  const { json: made } = await client.post('/api/jobs', { job_type: 'import', total_items: 1, details_url });
  await client.report(made.job_id, { mark_completed: true });
  const { json: again } = await client.post(`/api/jobs/${made.job_id}/rerun`);
  const { jobs } = (await client.get('/api/jobs')).json;
  const { events } = (await client.get('/api/events?types=job.completed')).json;
  const listed = jobs.find(({ job_id }: { job_id: string }) => job_id === made.job_id);
  for (const shown of [made, again, listed, events.at(-1).data]) expect(shown.details_url).toBe(details_url);
  for (const file of FILES) {
    const { text } = await client.get(`/api/jobs/${made.job_id}/${file}`);
    expect(text).toContain('<a href="https://runs.example/1?a=%C3%BC" rel="noopener noreferrer">');
  }
});

describe('the badge of a type', () => {
  const labelOf = (svg: string) => readXml(svg).attributes['aria-label']?.split(',')[0];

  it('is that of its newest job, and of another as soon as there is one', async () => {
    const first = await client.createJob({ job_type: 'nightly', name: 'First', tags: ['a'] });
    await client.report(first, { mark_started: true, mark_completed: true });
    const one = await client.get('/api/badges/nightly.svg');
    expect([one.status, labelOf(one.text)]).toEqual([200, 'First: completed']);
    expect(one.headers.get('Cache-Control')).toBe('private, no-cache');
    const tag = one.headers.get('ETag') ?? '';
    const held = () => client.get('/api/badges/nightly.svg', { headers: { 'If-None-Match': tag } });
    expect((await held()).status).toBe(304);
    const second = await client.createJob({ job_type: 'nightly', name: 'Second' });
    await client.report(second, { mark_started: true, mark_completed: true });
    const two = await held();
    expect([two.status, labelOf(two.text)]).toEqual([200, 'Second: completed']);
    expect(labelOf((await client.get('/api/badges/nightly.svg?tag=a')).text)).toBe('First: completed');
  });

  it('is nothing of others, and grey in a page where there is none', async () => {
    const other = await makeClient();
    expect((await other.get('/api/badges/nightly.svg')).json.code).toBe('job_not_found');
    expect((await client.get('/api/badges/.svg')).json.code).toBe('job_not_found');
    const image = { headers: { Accept: 'image/avif,image/*' } };
    const { token } = await makeFilterToken(client, { job_type: 'nightly' }, 'picture');
    const labels = [`nightly.svg?token=${token}`, `import.svg?token=${token}`, 'nightly.svg?token=hwf_gone'];
    const shown = labels.map(async (path) => (await send(null, 'GET', `/api/badges/${path}`, image)).text);
    const [mine, ...none] = await Promise.all(shown);
    expect(labelOf(mine ?? '')).toMatch(/^Second/);
    for (const grey of none) expect(labelOf(grey)).toMatch(/not available/);
  });
});
