/** The lists of hooks and of endpoints, page by page. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

const HOOK = {
  verification: { scheme: 'token' },
  mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
};
const LISTS = [
  { path: '/api/hooks', name: 'hooks', id: 'hook_id', body: (n: number) => ({ name: `h${n}`, ...HOOK }) },
  {
    path: '/api/webhooks',
    name: 'webhooks',
    id: 'webhook_id',
    body: (n: number) => ({ url: `https://receiver.example/${n}` }),
  },
] as const;

describe.each(LISTS)('$path', ({ path, name, id, body }) => {
  let made: string[];
  beforeAll(async () => {
    made = [];
    for (let n = 0; n < 5; n++) {
      const answer = await client.post(path, body(n));
      expect(answer.status, answer.text).toBe(201);
      made.push(answer.json[id]);
    }
  });

  async function pages(limit: number): Promise<string[][]> {
    const seen: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await client.get(`${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      expect(answer.status, answer.text).toBe(200);
      seen.push(answer.json[name].map((one: Record<string, string>) => one[id]));
      cursor = answer.json.next_cursor;
    }
    return seen;
  }

  it('is there as a whole for who asks for no page', async () => {
    const { json } = await client.get(path);
    expect([json[name].map((one: Record<string, string>) => one[id]), json.next_cursor]).toEqual([
      made,
      null,
    ]);
  });

  it('comes page by page, oldest first, nothing twice and nothing left out', async () => {
    const whole = await pages(2);
    expect(whole.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(whole.flat()).toEqual(made);
    expect((await pages(5)).flat()).toEqual(made);
  });

  it('goes on behind a cursor whose last one is deleted meanwhile', async () => {
    const { next_cursor } = (await client.get(`${path}?limit=2`)).json;
    expect((await client.send('DELETE', `${path}/${made[1]}`)).status).toBe(204);
    const { json } = await client.get(`${path}?limit=2&cursor=${next_cursor}`);
    expect(json[name].map((one: Record<string, string>) => one[id])).toEqual(made.slice(2, 4));
    const other = LISTS.find((one) => one.path !== path)?.path;
    expectRefusal(await client.get(`${other}?cursor=${next_cursor}`), 400, 'invalid_cursor');
    expectRefusal(await client.get(`${path}?limit=0`), 422, 'validation_failed');
  });
});
