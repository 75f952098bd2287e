import { evictDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { indexStub, jobStub } from '../support/objects';
import { type StorageUse, watchStorage } from '../support/watch-storage';

/** Most touches of an object are its first in a while: what that one asks of its storage until it is answered. */

const NOTHING: StorageUse = {
  ...{ statements: 0, rowsRead: 0, rowsWritten: 0 },
  ...{ getAlarm: 0, setAlarm: 0, deleteAlarm: 0, sync: 0, transactionSync: 0 },
};
const ERROR = { entity_key: 'k', entity_type: 'row', error_type: 't', message: 'm' };

let client: Client;
let any: DurableObjectStub;
beforeAll(async () => {
  client = await makeClient();
  any = await jobStub(client.organization, await client.createJob());
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A started job that sleeps. */
async function asleep({ report = {} } = {}) {
  const id = await client.createJob({ metadata: { a: 1 } });
  await client.report(id, { mark_started: true, ...report });
  const stub = await jobStub(client.organization, id);
  await evictDurableObject(stub);
  return { id, stub };
}

/** What the index is told and a request asks of a job's storage until it is answered: what waits for later never comes. */
async function costOf(request: () => Promise<{ status: number }>, stub: () => Promise<DurableObjectStub>) {
  vi.spyOn(scheduler, 'wait').mockReturnValue(new Promise(() => {}));
  const publish = vi.spyOn(OrgIndexDO.prototype, 'publish');
  const use = await watchStorage(any, async () => {
    expect((await request()).status).toBeLessThan(300);
    return stub();
  });
  return { ...use, publications: publish.mock.calls.length };
}

describe('a job that sleeps', () => {
  it.each([
    ['a plain report', {}, {}],
    ['one with a key', {}, { 'Idempotency-Key': 'k' }],
    ['one of a job that tracks entities', { report: { error: ERROR } }, { Prefer: 'return=minimal' }],
  ])('is read and written by two statements for %s, its alarm read and set', async (_, before, headers) => {
    const { id, stub } = await asleep(before);
    const report = () => client.report(id, { processed_items: 2 }, headers);
    expect(await costOf(report, async () => stub)).toEqual({
      ...NOTHING,
      ...{ statements: 2, rowsRead: 4, rowsWritten: 1 },
      ...{ getAlarm: 1, setAlarm: 1, sync: 1, transactionSync: 1, publications: 0 },
    });
  });

  it('is read by one statement for a poll, and its alarm read', async () => {
    const { id, stub } = await asleep();
    const poll = () => client.get(`/api/jobs/${id}`);
    expect(await costOf(poll, async () => stub)).toEqual({
      ...NOTHING,
      ...{ statements: 1, rowsRead: 3, getAlarm: 1, publications: 0 },
    });
  });

  it('reads the keys that are sealed for the first keyed report alone', async () => {
    const { id, stub } = await asleep();
    for (let key = 0; key < 33; key++) {
      await client.report(id, { processed_items: 1 }, { 'Idempotency-Key': `k${key}` });
    }
    await evictDurableObject(stub);
    const report = (key?: string) => {
      const headers = key === undefined ? {} : { 'Idempotency-Key': key };
      return costOf(
        () => client.report(id, { processed_items: 1 }, headers),
        async () => stub,
      );
    };
    expect(await report()).toMatchObject({ statements: 2, rowsRead: 4 });
    expect(await report('k0')).toMatchObject({ statements: 2, rowsRead: 2 });
    expect(await report('k1')).toMatchObject({ statements: 1, rowsRead: 1 });
  });
});

describe('a creation', () => {
  it.each([
    ['without a key', {}],
    ['with one', { 'Idempotency-Key': 'k' }],
  ])('%s asks once what is there, and is told to the index', async (_, headers) => {
    let id = '';
    const create = async () => {
      const answer = await client.post(
        '/api/jobs/',
        { job_type: 'import', total_items: 1, metadata: { a: 1 } },
        headers,
      );
      id = answer.json.job_id;
      return answer;
    };
    expect(await costOf(create, () => jobStub(client.organization, id))).toEqual({
      ...NOTHING,
      ...{ statements: 12, rowsRead: 13, rowsWritten: 8 },
      ...{ getAlarm: 1, setAlarm: 2, transactionSync: 2, publications: 1 },
    });
  });
});

it('a list of an index that sleeps asks for its tables, for the page, and for its rows', async () => {
  const index = indexStub(client.organization);
  await evictDurableObject(index);
  const list = () => client.get('/api/jobs/?limit=1');
  expect(await costOf(list, async () => index)).toMatchObject({ statements: 3, getAlarm: 1, sync: 0 });
});
