/** Which bodies of a delivery are read, and what those are refused for that are not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';
import { arrivals, COUNT, deliver, github, jobs, makeHook, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

describe('a request that is no delivery', () => {
  const raw = '{"n":1,"id":"fit"}';

  it('is JSON under any type, a form, or a form that holds JSON', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    const form = `payload=${encodeURIComponent('{"n":1,"id":"form"}')}`;
    const type = (value: string) => ({ 'Content-Type': value });
    for (const [body, sent] of [
      [form, 'application/x-www-form-urlencoded'],
      ['{"n":1,"id":"text"}', 'text/plain'],
      ['{"n":1,"id":"latin"}', 'application/jsonp; charset=iso-8859-1'],
      ['\ufeff{"n":1,"id":"marked"}', 'application/json;'],
      ['{"n":1,"id":"mistyped"}', 'application/octet-stream'],
    ] as const) {
      const answer = await deliver(hook.path, body, { ...github(body), ...type(sent) });
      expect(answer.status, answer.text).toBe(202);
    }
    expect(await jobs(own)).toHaveLength(5);
    const plain = await makeHook(own, GITHUB, {
      ...COUNT,
      from: { name: '/id' },
      set: { job_type: 'import', total_items: 1 },
    });
    const fields = 'id=a+b&other=%C3%A5&other=2';
    const answer = await deliver(plain.path, fields, {
      ...{ ...github(fields), ...type('application/x-www-form-urlencoded; charset=UTF-8') },
    });
    expect((await own.get(`/api/jobs/${answer.json.job_id}`)).json.name).toBe('a b');
  });

  it('with a coding is a 415, and so is a charset that nobody knows', async () => {
    const hook = await makeHook(client, GITHUB);
    const type = (value: string) => ({ 'Content-Type': value });
    const unknown = await deliver(hook.path, raw, {
      ...github(raw),
      ...type('application/json; charset=klingon'),
    });
    expectRefusal(unknown, 415, 'unsupported_media_type');
    const zipped = await deliver(hook.path, raw, { ...github(raw), 'Content-Encoding': 'gzip' });
    expectRefusal(zipped, 415, 'unsupported_media_type');
    expect(await arrivals(client, hook)).toHaveLength(2);
    for (const sent of [
      'application/json; charset=utf-8',
      'application/cloudevents+json; charset=UTF-8',
      'Application/Vnd.Partner.v1+JSON',
      'text/json;version=1',
    ]) {
      expect((await deliver(hook.path, raw, { ...github(raw), ...type(sent) })).status).toBe(202);
    }
  });

  it('of 8 MiB is taken, over it is a 413', async () => {
    const hook = await makeHook(client, GITHUB);
    const large = (size: number) => `{"n":1,"id":"large","text":"${'x'.repeat(size - 30)}"}`;
    const most = large(8_388_608);
    expect((await deliver(hook.path, most, github(most))).status).toBe(202);
    const over = `${most} `;
    expectRefusal(await deliver(hook.path, over, github(over)), 413, 'body_too_large');
  });

  it('that is signed and no JSON is a 400', async () => {
    const hook = await makeHook(client, GITHUB);
    for (const text of ['{', '', 'payload']) {
      expectRefusal(await deliver(hook.path, text, github(text)), 400, 'malformed_json');
    }
  });

  it('is not refused for what nobody maps: depth, keys, odd strings', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`k${n}`, n])));
    for (const [id, odd] of Object.entries({
      deep,
      wide,
      polluting: '{"__proto__":{"constructor":1}}',
      torn: '"\\ud83d"',
      huge: '1e999',
    })) {
      const text = `{"n":1,"id":"${id}","x":${odd},"__proto__":{"a":1}}`;
      const answer = await deliver(hook.path, text, github(text));
      expect(answer.status, answer.text).toBe(202);
    }
    expect(await jobs(own)).toHaveLength(5);
    const mapped = await makeHook(own, GITHUB, { ...COUNT, from: { ...COUNT.from, metadata: '/m' } });
    const text = `{"n":1,"id":"mapped","m":{"x":${'['.repeat(40)}${']'.repeat(40)}}}`;
    expectRefusal(await deliver(mapped.path, text, github(text)), 422, 'validation_failed');
  });

  it('a query is ignored', async () => {
    const hook = await makeHook(client, GITHUB);
    expect((await deliver(`${hook.path}?topic=push&id=1`, raw, github(raw))).status).toBe(202);
    expect((await deliver(`${hook.path}/`, raw, github(raw))).status).toBe(202);
  });

  it('a credential beside the signature makes no difference', async () => {
    const hook = await makeHook(client, GITHUB);
    const credential = { Authorization: `Bearer ${client.key}`, 'X-Organization-ID': 'other' };
    expectRefusal(await deliver(hook.path, raw, credential), 404, 'not_found');
    expect((await deliver(hook.path, raw, { ...github(raw), ...credential })).status).toBe(202);
  });
});

describe('what a payload lacks', () => {
  it('is told by field and pointer', async () => {
    const hook = await makeHook(client, GITHUB, {
      action: 'create',
      from: { total_items: '/data/count', name: '/title', 'metadata.stage': '/stage' },
      set: { job_type: 'import' },
    });
    const raw = JSON.stringify({ title: { en: 'x' }, stage: ['x'] });
    const answer = await deliver(hook.path, raw, github(raw));
    expectRefusal(answer, 422, 'validation_failed');
    const told = [
      {
        path: 'total_items',
        message: 'is required; it is taken from "/data/count", where the payload has nothing',
      },
      { path: 'metadata.stage', message: 'must be a string, or null to clear it; it is taken from "/stage"' },
      { path: 'name', message: 'must be a string; it is taken from "/title"' },
    ];
    expect(answer.json.errors).toEqual(expect.arrayContaining(told));
    const [last] = await arrivals(client, hook);
    expect(last).toMatchObject({ verdict: 'refused', status: 422, code: 'validation_failed', job_id: null });
    expect(last.errors).toEqual(answer.json.errors);
  });

  it('metadata over 64 KiB is a 413', async () => {
    const hook = await makeHook(client, GITHUB, { ...COUNT, from: { ...COUNT.from, metadata: '/m' } });
    const raw = JSON.stringify({ n: 1, id: 'big', m: { text: 'x'.repeat(70_000) } });
    const answer = await deliver(hook.path, raw, github(raw));
    expectRefusal(answer, 413, 'metadata_too_large');
    expect(answer.json.errors[0].message).toContain('it is taken from "/m"');
  });
});
