/** A hook that answers with a report URL: a script without a key makes a job and reports on it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { makeClient, send } from '../support/client';
import { arrivals, deliver, github, jobs, makeHook, SECRETS } from './senders';

const LINE = {
  action: 'create',
  set: { job_type: 'backup', total_items: 0, name: 'Nightly' },
  answer: 'line',
};

afterEach(() => void vi.useRealTimers());

/** `curl -X POST "$HOOK"`: no body and no type. */
function ask(path: string) {
  return send(null, 'POST', path);
}

describe('answer: line', () => {
  it('gives a new job’s report URL as text, each time a new one, for an empty body too', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, { scheme: 'token' }, LINE);
    const first = await ask(hook.path);
    expect([first.status, first.headers.get('Content-Type')]).toEqual([201, 'text/plain; charset=utf-8']);
    expect(first.text).toMatch(/^https:\/\/headway\.test\/r\/hwt_[\w-]+\n$/);
    expect((await ask(hook.path)).text).not.toBe(first.text);
    expect(await jobs(own)).toHaveLength(2);

    const { pathname } = new URL(first.text.trim());
    const text = { 'Content-Type': 'text/plain' };
    expect((await send(null, 'POST', pathname, { raw: '2/4 copying', headers: text })).text).toContain(
      'in_progress',
    );
    expect(
      (await send(null, 'POST', `${pathname}/exit/3`, { raw: 'disk full', headers: text })).text,
    ).toContain('failed');
    const failed = (await jobs(own)).filter((job: { status: string }) => job.status === 'failed');
    expect(failed).toMatchObject([{ job_type: 'backup', name: 'Nightly', processed_items: 2 }]);
    expect((await arrivals(own, hook))[0]).toMatchObject({
      verdict: 'applied',
      status: 201,
      content_type: null,
    });
  });

  it('a URL lasts thirty days, opens its own job alone, and is gone with its hook', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const own = await makeClient();
    const hook = await makeHook(own, { scheme: 'token' }, LINE);
    const { pathname } = new URL((await ask(hook.path)).text.trim());
    const other = new URL((await ask(hook.path)).text.trim()).pathname;
    const say = (path: string) =>
      send(null, 'POST', path, { raw: 'still here', headers: { 'Content-Type': 'text/plain' } });
    expect((await say(pathname)).status).toBe(200);
    const token = pathname.split('/')[2];
    const bearer = { Authorization: `Bearer ${token}` };
    const [one, two] = await jobs(own);
    const reads = await Promise.all(
      [one, two].map(({ job_id }) => send(null, 'GET', `/api/jobs/${job_id}`, { headers: bearer })),
    );
    for (const { status } of reads) expect([403, 404]).toContain(status);
    const began = Date.now();
    vi.setSystemTime(began + 29 * 86_400_000);
    expect((await say(other)).status).toBe(200);
    vi.setSystemTime(began + 31 * 86_400_000);
    expect((await say(other)).status).toBe(401);
    vi.setSystemTime(began);
    expect((await own.send('DELETE', `/api/hooks/${hook.hook_id}`)).status).toBe(204);
    // The isolate believes what it knew for half a minute.
    vi.setSystemTime(began + 31_000);
    expect((await say(pathname)).status).toBe(401);
  });

  it('is the same job again where the hook says what makes it the same, by a signature too', async () => {
    const own = await makeClient();
    const github_ = { scheme: 'github', secret: SECRETS.github };
    const hook = await makeHook(own, github_, { ...LINE, once: { by: 'body', within: 60 } });
    const raw = '{"night":"2026-11-27"}';
    const [first, second] = [
      await deliver(hook.path, raw, github(raw)),
      await deliver(hook.path, raw, github(raw)),
    ];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await jobs(own)).toHaveLength(1);
    const passed = await makeHook(own, github_, { ...LINE, when: [{ pointer: '/night', exists: false }] });
    const ignored = await deliver(passed.path, raw, github(raw));
    expect([ignored.status, ignored.text]).toEqual([202, '']);
    expectRefusal(await ask(hook.path), 404, 'not_found');
  });
});
