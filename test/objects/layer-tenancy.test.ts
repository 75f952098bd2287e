import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import * as objectName from '../../src/objects/address';
import { readJobId } from '../../src/services/ids/job-id';
import { getJob } from '../../src/services/jobs/jobs';
import { type Client, makeClient } from '../support/client';

/** Three layers keep organizations apart; each is called alone here, without the others before it. */
let owner: Client;
let stranger: Client;
let id: string;
beforeAll(async () => {
  [owner, stranger] = await Promise.all([makeClient(), makeClient()]);
  id = await owner.createJob();
});

describe('the id’s MAC, alone', () => {
  it('opens for its own organization only', async () => {
    const config = configOf(env);
    expect(await readJobId(config, owner.organization, id)).toMatchObject({ job_id: id });
    expect(await readJobId(config, stranger.organization, id)).toBeNull();
  });

  it('does not survive a changed digit anywhere', async () => {
    const config = configOf(env);
    for (let at = 0; at < id.length; at++) {
      if (id[at] === '-') continue;
      for (const digit of '0123456789abcdef') {
        const forged = id.slice(0, at) + digit + id.slice(at + 1);
        if (forged !== id) expect(await readJobId(config, owner.organization, forged)).toBeNull();
      }
    }
  });
});

describe('the router, alone', () => {
  it('names the object after the caller’s organization, whatever the id says', async () => {
    const core = (await readJobId(configOf(env), owner.organization, id))?.core ?? '';
    const spy = vi.spyOn(env.JOB, 'getByName');
    objectName.jobObject(env, stranger.organization, core);
    expect(spy).toHaveBeenCalledWith(`${stranger.organization}/${core}`);
    spy.mockRestore();
  });

  it('touches no object for an id that is not the caller’s', async () => {
    const spy = vi.spyOn(env.JOB, 'getByName');
    const principal = {
      organization: stranger.organization,
      actor: { kind: 'key' as const, id: 'k' },
      permissions: [],
      salt: '',
      since: Date.now(),
    };
    const caller = { env, config: configOf(env), principal, renew: async () => true };
    const answer = await getJob(caller, id, {});
    expect(answer).toMatchObject({ ok: false, rejection: { code: 'job_not_found' } });
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  });

  it('makes no name from parts that are not an organization and a core', () => {
    for (const organization of ['', 'a/b', 'A', '-a', 'a'.repeat(41), 'a\0']) {
      expect(() => objectName.orgObject(env, organization)).toThrow();
      expect(() => objectName.jobObject(env, organization, '0'.repeat(17))).toThrow();
    }
    for (const core of ['', '0'.repeat(16), `${'0'.repeat(16)}/`, 'G'.repeat(17)]) {
      expect(() => objectName.jobObject(env, 'acme', core)).toThrow();
    }
    for (const shard of [-1, 64, 0.5, Number.NaN])
      expect(() => objectName.indexObject(env, 'acme', shard)).toThrow();
  });
});

describe('the object, alone', () => {
  it('knows no job for another organization, on any of its verbs', async () => {
    const core = (await readJobId(configOf(env), owner.organization, id))?.core ?? '';
    const stub = objectName.jobObject(env, owner.organization, core);
    const other = stranger.organization;
    const unit = { commands: [{ verb: 'heartbeat' as const }], batch: false };
    const page = { list: 'event' as const, after: 0, limit: 1, filter: {} };
    const log = { after: { revision: 0, k: -1 }, limit: 1, filter: {} };
    expect(await stub.get(other, {})).toBeNull();
    expect(await stub.apply(other, { unit, key: null }, {})).toBeNull();
    expect(await stub.page(other, page)).toBeNull();
    expect(await stub.logPage(other, log)).toBeNull();
    expect(await stub.items(other, 0, 1)).toBeNull();
    expect(await stub.rerun(other, 'all')).toBeNull();
    expect(await stub.tokenGeneration(other)).toBeNull();
    expect(await stub.revokeTokens(other)).toBe(false);
    expect(await stub.remove(other)).toBeNull();
    expect(await stub.get(owner.organization, {})).not.toBeNull();
  });
});
