/** The one-line worker: what becomes of its job, and what it is answered. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient, send } from '../support/client';
import { countRows } from '../support/count-rows';
import { jobStub } from '../support/objects';
import { makeToken } from '../support/tokens';

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
    expect(told(await line('', '50/200 uploading'))).toEqual([200, 'in_progress 25% (50 of 200)\n']);
    expect(await job()).toMatchObject({ processed_items: 50, total_items: 200, last_message: 'uploading' });
    expect((await job()).started_at).not.toBeNull();
    expect(told(await line('', '100'))).toEqual([200, 'in_progress 50% (100)\n']);
    expect(told(await line('', 'nearly there'))).toEqual([200, 'in_progress 50% (no count in it)\n']);
    const done = await line('/done', '200');
    expect(told(done)).toEqual([200, 'completed 100% (200)\n']);
    expect(done.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(done.headers.get('Cache-Control')).toBe('no-store');
    expect(done.headers.get('Job-Status')).toBe('completed');
    expect(await job()).toMatchObject({ processed_items: 200, status: 'completed' });
  });

  it('starts without a count, and its words start it too', async () => {
    const started = await worker();
    expect(told(await started.line('/start'))).toEqual([200, 'in_progress\n']);
    expect(told(await started.line('/start', '0/40 warming up'))).toEqual([
      200,
      'in_progress 0% (0 of 40)\n',
    ]);
    expect(await started.job()).toMatchObject({ total_items: 40, last_message: 'warming up' });
    const talking = await worker();
    expect(told(await talking.line('', 'hello'))).toEqual([200, 'in_progress (no count in it)\n']);
  });

  it.each([
    ['/done', undefined, 'completed 100%\n', null],
    ['/fail', 'disk full\n', 'failed 0%\n', 'disk full'],
    ['/fail', undefined, 'failed 0%\n', 'failed'],
    ['/exit/0', undefined, 'completed 100%\n', null],
    ['/exit/1', undefined, 'failed 0% (exit code 1)\n', 'exit code 1'],
    ['/exit/137', 'killed', 'failed 0% (exit code 137)\n', 'exit code 137: killed'],
    ['/exit/-1', undefined, 'failed 0% (exit code -1)\n', 'exit code -1'],
    ['/exit/007', undefined, 'failed 0% (exit code 7)\n', 'exit code 7'],
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

  it.each([
    ['TERM', 'signal TERM'],
    ['SIGKILL', 'signal KILL'],
    ['1:0', 'exit code 1:0'],
    ['failure', 'exit code "failure"'],
    ['cancelled', 'exit code "cancelled"'],
    ['oom-kill', 'exit code "oom-kill"'],
    ['', 'no exit code'],
    ['%20', 'no exit code'],
    ['1.5', 'exit code "1.5"'],
    ['0x1', 'exit code "0x1"'],
    ['99999999999', 'exit code 99999999999'],
    ['--1', 'exit code "--1"'],
    ['%00', 'exit code "\\u0000"'],
  ])('has failed by exit code %j, which says what was read', async (code, read) => {
    const { line, job } = await worker({ total_items: 4 });
    expect(told(await line(`/exit/${code}?x=1&warn=`, 'why'))).toEqual([200, `failed 0% (${read})\n`]);
    expect(await job()).toMatchObject({ status: 'failed', error_message: `${read}: why` });
  });

  it.each([
    ['%E4', 'exit code "%E4"'],
    ['%zz', 'exit code "%zz"'],
    ['1/0', 'exit code "1/0"'],
    ['TERM/', 'signal TERM'],
    ['3%2F4', 'exit code "3/4"'],
    ['7%0A', 'exit code 7'],
    ['7%0D%0A8', 'exit code "7\\r\\n8"'],
    ['x'.repeat(3_000), `exit code "${'x'.repeat(99)}…"`],
  ])('has failed by an address that ends in /exit/%s', async (code, read) => {
    const { line, job } = await worker({ total_items: 4 });
    expect(told(await line(`/exit/${code}`, 'why'))).toEqual([200, `failed 0% (${read})\n`]);
    expect((await job()).status).toBe('failed');
  });

  it.each(['success', 'SUCCESS', '00', '+0', '0:0'])('is done by exit code %j', async (code) => {
    const { line, job } = await worker();
    expect(told(await line(`/exit/${code}`))).toEqual([200, 'completed 100%\n']);
    expect((await job()).status).toBe('completed');
  });

  it('is done with a warning by the codes of ?warn=', async () => {
    const { line, job } = await worker();
    expect(told(await line('/exit/3?warn=2,3', 'two files changed'))).toEqual([
      200,
      'completed_with_warnings 100% (exit code 3)\n',
    ]);
    const ended = await job();
    expect(ended.warnings).toMatchObject([
      { error_type: 'line', entity_type: 'job', message: 'exit code 3: two files changed' },
    ]);
    expect(told(await line('/exit/3?warn=2,3', 'two files changed'))[0]).toBe(200);
    expect(await job()).toEqual(ended);
    const other = await worker();
    expect(told(await other.line('/exit/4?warn=2,3'))).toEqual([200, 'failed (exit code 4)\n']);
  });

  it('warns and errs, which ends nothing', async () => {
    const { id, line, job } = await worker();
    expect(told(await line('/warn', 'disk 90% full\n'))).toEqual([200, 'in_progress\n']);
    expect(told(await line('/error', 'row 7'))).toEqual([200, 'in_progress\n']);
    expect(told(await line('/error'))).toEqual([200, 'in_progress\n']);
    const body = await job();
    const entity = { entity_type: 'job', entity_key: id, error_type: 'line' };
    expect(body.warnings).toMatchObject([{ ...entity, message: 'disk 90% full' }]);
    expect(body.errors).toMatchObject([
      { ...entity, message: 'row 7' },
      { ...entity, message: 'error' },
    ]);
    expect(told(await line('/done'))).toEqual([200, 'partial_success 100%\n']);
    expect((await line('/warn', 'late')).status).toBe(409);
  });

  it.each(['/fail', '/done', '/exit/9', '/warn', '/error'])(
    '%s takes text of any size, and keeps head and tail',
    async (path) => {
      const { line, job } = await worker();
      const text = `head ${'x'.repeat(9_000_000)}\n${'é'.repeat(100_000)} tail`;
      expect((await line(path, text)).status).toBe(200);
      const { error_message, last_message, warnings, errors } = await job();
      const kept = error_message ?? last_message ?? warnings[0]?.message ?? errors[0]?.message;
      expect(kept).toMatch(/^(?:exit code 9: )?head x+…é+ tail$/);
      expect(Array.from(kept).length).toBe(4_000);
    },
  );

  it.each(['/fail', '/done', '/exit/1'])('%s ends the job whatever its text is encoded in', async (path) => {
    const { line, job } = await worker();
    const answer = await line(path, 'zipped', {
      'Content-Encoding': 'gzip',
      'Content-Type': 'text/plain; charset=klingon',
    });
    expect(answer.status).toBe(200);
    expect((await job()).completed_at).not.toBeNull();
  });

  it('counts per cent of its total, which is 100 where there is none', async () => {
    const { line, job } = await worker();
    expect(told(await line('', '45.7%'))).toEqual([200, 'in_progress 45% (45.7%)\n']);
    expect(await job()).toMatchObject({ processed_items: 45, total_items: 100, last_message: null });
    const known = await worker({ total_items: 7 });
    expect(told(await known.line('', 'Copying: 99.9%'))).toEqual([200, 'in_progress 85.71% (99.9%)\n']);
    expect(await known.job()).toMatchObject({ processed_items: 6, total_items: 7 });
    expect(told(await known.line('?unit=percent', '100'))).toEqual([200, 'in_progress 100% (100%)\n']);
    expect(told(await known.line('/done', '50%'))).toEqual([200, 'completed 100% (50%)\n']);
  });

  it.each([
    ['UTF-16LE with its mark', [0xff, 0xfe, 0x35, 0, 0x2f, 0, 0x39, 0, 0x20, 0, 0xe9, 0], undefined],
    ['UTF-8 with its mark', [0xef, 0xbb, 0xbf, 0x35, 0x2f, 0x39, 0x20, 0xc3, 0xa9], undefined],
    ['Windows-1252', [0x35, 0x2f, 0x39, 0x20, 0xe9], 'text/plain; charset=windows-1252'],
  ])('may write %s', async (_, bytes, type) => {
    const { token, job } = await worker();
    const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
    const answer = await send(null, 'POST', `/r/${token}`, { raw: new Uint8Array(bytes), headers });
    expect(told(answer)).toEqual([200, 'in_progress 55.55% (5 of 9)\n']);
    expect((await job()).last_message).toBe('é');
  });

  it('may send parts, of which the first text is read', async () => {
    const { token, job } = await worker();
    const form = new FormData();
    form.append('picture', new Blob([new Uint8Array(9)], { type: 'image/png' }), 'a.png');
    form.append('log', new Blob(['5/20 from a file'], { type: 'text/plain' }), 'a.log');
    form.append('text', 'second');
    expect(told(await send(null, 'POST', `/r/${token}`, { raw: form }))).toEqual([
      200,
      'in_progress 25% (5 of 20)\n',
    ]);
    expect((await job()).last_message).toBe('from a file');
    form.set('log', `${'x'.repeat(300_000)}\n::exit 0`);
    const ended = await send(null, 'POST', `/r/${(await worker()).token}`, { raw: form });
    expect(told(ended)).toEqual([200, 'completed 100%\n']);
    const broken = {
      raw: '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nno end',
      headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
    };
    expect((await send(null, 'POST', `/r/${token}/fail`, broken)).status).toBe(200);
    expect((await job()).error_message).toBe('no end');
  });

  it.each(['', '/start'])('at %j ends by a last line of its text of 1 MiB', async (path) => {
    for (const text of ['one\ntwo', `one\n${'x'.repeat(300_000)}\ntwo`]) {
      const { line, job } = await worker();
      expect(told(await line(path, `${text}\n::exit 3\n`))).toEqual([200, 'failed (exit code 3)\n']);
      expect((await job()).error_message).toMatch(/^exit code 3: one\n.*two$/s);
    }
    const larger = await (await worker()).line(path, `${'x'.repeat(1_048_576)}\n::exit 3`);
    expect(told(larger)).toEqual([413, 'The body is over 1048576 bytes.\n']);
  });

  it('hears of a cancellation, and acknowledges it', async () => {
    const { id, line, job } = await worker();
    await line('', '1/4');
    await client.post(`/api/jobs/${id}/cancel`);
    expect(told(await line('', '2/4'))).toEqual([200, 'cancelled 50% (2 of 4)\n']);
    expect(told(await line())).toEqual([200, 'cancelled 50%\n']);
    expect(told(await line('/exit/130'))).toEqual([200, 'cancelled 50% (exit code 130)\n']);
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
    expect(told(answer)).toEqual([200, 'in_progress 25% (5 of 20)\n']);
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
    expect(told(await get('?text=5%2F20+uploading'))).toEqual([200, 'in_progress 25% (5 of 20)\n']);
    expect((await job()).last_message).toBe('uploading');
    expect(told(await get('?txt=5&utm_source=x&_=1'))).toEqual([200, 'in_progress 25%\n']);
    expect(told(await get('/exit/3?text=no%20space'))).toEqual([200, 'failed 25% (exit code 3)\n']);
    expect((await job()).error_message).toBe('exit code 3: no space');
    const exited = await send(null, 'GET', `/r/${(await worker()).token}?text=one%0A%3A%3Aexit%203`);
    expect(told(exited)).toEqual([200, 'failed (exit code 3)\n']);
  });
});
