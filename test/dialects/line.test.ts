/** The one-line worker: what its text means, and what it is answered. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readLine } from '../../src/dialects/line/line';
import { type Answer, type Client, makeClient, send } from '../support/client';
import { countRows } from '../support/count-rows';
import { jobStub } from '../support/objects';
import { makeToken } from '../support/tokens';

describe('a line of text', () => {
  it.each([
    ['', {}],
    [' \n', {}],
    ['50', { processed_items: 50 }],
    ['0', { processed_items: 0 }],
    ['50/200', { processed_items: 50, total_items: 200 }],
    [' 50 / 200 \n', { processed_items: 50, total_items: 200 }],
    ['50/200 uploading', { processed_items: 50, total_items: 200, message: 'uploading' }],
    ['50/200   two  words\n', { processed_items: 50, total_items: 200, message: 'two  words' }],
    ['50/200 first\nsecond', { processed_items: 50, total_items: 200, message: 'first\nsecond' }],
    ['uploading', { message: 'uploading' }],
    ['3 files left', { message: '3 files left' }],
    ['50%', { message: '50%' }],
    ['50/', { message: '50/' }],
    ['/200', { message: '/200' }],
    ['-1', { message: '-1' }],
    ['1.5/3', { message: '1.5/3' }],
    ['1/2/3', { message: '1/2/3' }],
    ['50/200uploading', { message: '50/200uploading' }],
    ['9007199254740991/9007199254740991', { processed_items: 2 ** 53 - 1, total_items: 2 ** 53 - 1 }],
  ])('%j', (text, said) => {
    expect(readLine(text)).toEqual(said);
  });

  it('with a count beyond 2^53 - 1 is refused', () => {
    expect(readLine('9007199254740992')).toMatchObject({ code: 'validation_failed' });
    expect(readLine('1/99999999999999999999')).toMatchObject({ code: 'validation_failed' });
  });
});

describe('a worker', () => {
  let client: Client;
  beforeAll(async () => {
    client = await makeClient();
  });

  async function worker(fields: Record<string, unknown> = {}) {
    const id = await client.createJob({ total_items: 0, ...fields });
    const token = await makeToken(client, id, 'report', { allow_get: true });
    const line = (path = '', raw?: string, headers: Record<string, string> = {}) =>
      send(null, 'POST', `/r/${token}${path}`, { headers, ...(raw === undefined ? {} : { raw }) });
    const job = async () => (await client.get(`/api/jobs/${id}`)).json;
    return { id, token, line, job };
  }
  const told = ({ status, text }: Answer) => [status, text];

  it('goes all the way from nothing to done', async () => {
    const { line, job } = await worker();
    expect(told(await line())).toEqual([200, 'pending\n']);
    expect(told(await line('', '50/200 uploading'))).toEqual([200, 'in_progress 25%\n']);
    expect(await job()).toMatchObject({ processed_items: 50, total_items: 200, last_message: 'uploading' });
    expect((await job()).started_at).not.toBeNull();
    expect(told(await line('', '100'))).toEqual([200, 'in_progress 50%\n']);
    expect(told(await line('', 'nearly there'))).toEqual([200, 'in_progress 50%\n']);
    const done = await line('/done', '200');
    expect(told(done)).toEqual([200, 'completed 100%\n']);
    expect(done.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(done.headers.get('Cache-Control')).toBe('no-store');
    expect(done.headers.get('Job-Status')).toBe('completed');
    expect(await job()).toMatchObject({ processed_items: 200, status: 'completed' });
  });

  it('starts without a count, and its words start it too', async () => {
    const started = await worker();
    expect(told(await started.line('/start'))).toEqual([200, 'in_progress\n']);
    expect(told(await started.line('/start', '0/40 warming up'))).toEqual([200, 'in_progress 0%\n']);
    expect(await started.job()).toMatchObject({ total_items: 40, last_message: 'warming up' });
    const talking = await worker();
    expect(told(await talking.line('', 'hello'))).toEqual([200, 'in_progress\n']);
  });

  it.each([
    ['/done', undefined, 'completed 100%\n', null],
    ['/fail', 'disk full\n', 'failed 0%\n', 'disk full'],
    ['/fail', undefined, 'failed 0%\n', 'failed'],
    ['/exit/0', undefined, 'completed 100%\n', null],
    ['/exit/1', undefined, 'failed 0%\n', 'exit code 1'],
    ['/exit/137', 'killed', 'failed 0%\n', 'exit code 137: killed'],
    ['/exit/-1', undefined, 'failed 0%\n', 'exit code -1'],
    ['/exit/007', undefined, 'failed 0%\n', 'exit code 7'],
  ])('ends by %s with %j, and the same again changes nothing', async (path, text, answer, message) => {
    const { line, job } = await worker({ total_items: 4 });
    expect(told(await line(path, text))).toEqual([200, answer]);
    const ended = await job();
    expect(ended.error_message).toBe(message);
    expect(told(await line(path, text))).toEqual([200, answer]);
    expect(await job()).toEqual(ended);
    const other = path === '/done' || path === '/exit/0' ? '/fail' : '/done';
    for (const [late, said] of [
      [other, undefined],
      ['', '3/4 late'],
      ['', undefined],
      ['/start', undefined],
    ] as const) {
      expect(told(await line(late, said))).toEqual([
        409,
        `The job is ${ended.status}: nothing leaves a terminal status.\n`,
      ]);
    }
    expect(await job()).toEqual(ended);
  });

  it.each(['1.5', 'x', '', '0x1', '99999999999', '1 2', '%00', '--1'])(
    'is told that %j is no exit code',
    async (code) => {
      const { line, job } = await worker();
      const before = await job();
      const answer = await line(`/exit/${encodeURI(code)}`);
      expect(code === '' ? [404] : [422]).toContain(answer.status);
      expect(answer.text).toMatch(/^[^\n]+\n$/);
      expect(await job()).toEqual(before);
    },
  );

  it('hears of a cancellation, and acknowledges it', async () => {
    const { id, line, job } = await worker();
    await line('', '1/4');
    await client.post(`/api/jobs/${id}/cancel`);
    expect(told(await line('', '2/4'))).toEqual([200, 'cancelled 50%\n']);
    expect(told(await line())).toEqual([200, 'cancelled 50%\n']);
    expect(told(await line('/exit/130'))).toEqual([200, 'cancelled 50%\n']);
    const ended = await job();
    expect(ended.cancellation).toMatchObject({ acknowledged_with: 'failed' });
    expect(ended.errors).toMatchObject([{ error_type: 'job_failed', message: 'exit code 130' }]);
    expect((await line()).status).toBe(409);
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/json',
    'application/octet-stream',
    'nonsense',
    '',
  ])('sends under type %j', async (type) => {
    const { token } = await worker();
    const raw = new TextEncoder().encode('5/20 a=b&c=d+%20 é');
    const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type };
    const answer = await send(null, 'POST', `/r/${token}`, { raw, headers });
    expect(told(answer)).toEqual([200, 'in_progress 25%\n']);
    const said = await send(token, 'GET', `/r/${token}`);
    expect(said.status).toBe(200);
  });

  it('may send what is no UTF-8: a failure is never refused for its text', async () => {
    const { token, job } = await worker();
    const answer = await send(null, 'POST', `/r/${token}/fail`, { raw: new Uint8Array([0x62, 0xff, 0x64]) });
    expect(answer.status).toBe(200);
    expect((await job()).error_message).toBe('b\ufffdd');
  });

  it('is refused what is too large, or encoded', async () => {
    const { line } = await worker();
    const large = await line('', 'x'.repeat(262_145));
    expect(told(large)).toEqual([413, 'The body is over 262144 bytes.\n']);
    expect((await line('', 'x', { 'Content-Encoding': 'gzip' })).status).toBe(415);
    expect((await line('', '99999999999999999999')).status).toBe(422);
  });

  it('costs what a report costs', async () => {
    const { id, line } = await worker();
    await line('', '1/200');
    const stub = await jobStub(client.organization, id);
    expect(await countRows(stub, () => line('', '2/200'))).toBe(1);
    expect(await countRows(stub, () => line('', '2/200'))).toBe(0);
    expect(await countRows(stub, () => line())).toBe(0);
  });

  it('GETs where its token allows it, with its text in the query', async () => {
    const { token, job } = await worker();
    const get = (path: string) => send(null, 'GET', `/r/${token}${path}`);
    expect(told(await get('?text=5%2F20+uploading'))).toEqual([200, 'in_progress 25%\n']);
    expect((await job()).last_message).toBe('uploading');
    expect((await get('?txt=5')).status).toBe(422);
    expect(told(await get('/exit/3?text=no%20space'))).toEqual([200, 'failed 25%\n']);
    expect((await job()).error_message).toBe('exit code 3: no space');
  });
});
