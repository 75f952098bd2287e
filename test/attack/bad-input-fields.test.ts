/** Fields of a report that are unknown, of the wrong type or out of range: a 422 names them. */
import { describe, expect, it } from 'vitest';
import { growth } from '../support/growth.ts';
import { bystander } from './bystander.ts';
import { DOORS, knock, knockRaw } from './doors.ts';
import {
  door,
  expectInvalid,
  NO_COUNTER,
  NO_FLAG,
  NO_LIST,
  text,
  UNREADABLE_OBJECT,
  UNREADABLE_TEXT,
} from './invalid.ts';
import { expectRefusal } from './refusal.ts';

const victim = bystander();
const refused = (name: string, body: string, ...names: string[]) =>
  expectInvalid(victim, name, body, ...names);

const CREATE = { job_type: 'import', total_items: 1 };
const create = (fields: Record<string, unknown>) => JSON.stringify({ ...CREATE, ...fields });
const issue = (fields: Record<string, unknown>) => ({
  entity_key: 'k',
  error_type: 't',
  message: 'm',
  ...fields,
});

describe('an unknown field is named, with the nearest known one', () => {
  it.each([
    ['report', '{"proccessed_items":1}', 'proccessed_items', 'processed_items'],
    ['report', '{"processedItems":1}', 'processedItems', 'processed_items'],
    ['report', '{"mark_complete":true}', 'mark_complete', 'mark_completed'],
    ['report', `{"error":${JSON.stringify(issue({ entity_kee: 1 }))}}`, 'entity_kee', 'entity_key'],
    ['report', `{"warning":${JSON.stringify(issue({ detials: {} }))}}`, 'detials', 'details'],
    ['create', create({ totl_items: 2 }), 'totl_items', 'total_items'],
    ['create', create({ metdata: {} }), 'metdata', 'metadata'],
    ['create', create({ status: 'completed' }), 'status'],
    ['create', create({ organization_id: 'other' }), 'organization_id'],
    ['cancel', '{"reson":"x"}', 'reson', 'reason'],
    ['cancel (c)', '{"reson":"x"}', 'reson', 'reason'],
    ['rerun', '{"nope":1}', 'nope'],
    ['rerun (b)', '{"nope":1}', 'nope'],
    ['make an organization', '{"organization_id":"a","nmae":"A"}', 'nmae', 'name'],
    ['make a key', '{"name":"A","permisions":["job:read"]}', 'permisions', 'permissions'],
  ])('%s %s', async (name, body, ...names) => {
    await refused(name, body, ...names);
  });

  it.each(DOORS)('names what every object inherits: $name', async (at) => {
    for (const inherited of ['toString', 'hasOwnProperty', 'valueOf', 'length']) {
      await refused(at.name, `{"${inherited}":1}`, inherited);
    }
  });

  it.each([
    ['long', (size: number) => ({ ['n'.repeat(200 * size)]: 1 })],
    [
      'many',
      (size: number) =>
        Object.fromEntries(Array.from({ length: size }, (_, i) => [`${'x'.repeat(200)}${i}`, 1])),
    ],
  ])('answers %s unknown names shortly, in time that grows with their size', async (_, names) => {
    const knock = async (size: number) => {
      const answer = await knockRaw(door('report'), victim, JSON.stringify(names(size)));
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.text.length).toBeLessThan(64 * 1024);
    };
    expect(await growth(knock, 250)).toBeLessThan(10);
  });
});

describe('a report', () => {
  it.each([
    ['total_items', NO_COUNTER],
    ['processed_items', NO_COUNTER],
    ['failed_items', NO_COUNTER],
    ['warned_items', NO_COUNTER],
    ['mark_started', NO_FLAG],
    ['mark_completed', NO_FLAG],
    ['message', UNREADABLE_TEXT],
    ['stage', UNREADABLE_TEXT],
    ['metadata_patch', UNREADABLE_OBJECT],
    ['processed_delta', NO_COUNTER],
    ['failed_delta', NO_COUNTER],
    ['warned_delta', NO_COUNTER],
    ['errors', [...NO_LIST, '[1]', '[{}]']],
    ['warnings', [...NO_LIST, '["x"]', '[{}]']],
    ['logs', [...NO_LIST, '[1]', '[{"level":"info"}]', '[{"message":"m"}]']],
    ['reporter', [...UNREADABLE_TEXT, text(201), '"alone"']],
    ['sequence', [...NO_COUNTER, '1']],
    ['error', [...UNREADABLE_OBJECT, '{}']],
    ['warning', [...UNREADABLE_OBJECT, '{}']],
  ])('%s', async (field, values) => {
    for (const value of values) await refused('report', `{"${field}":${value}}`, field);
  });

  it.each(['error', 'warning'])('%s: what is inside it', async (kind) => {
    for (const field of ['entity_key', 'error_type', 'message']) {
      for (const value of [undefined, null, [], {}]) {
        await refused('report', JSON.stringify({ [kind]: issue({ [field]: value }) }), field);
      }
    }
    for (const [field, value] of Object.entries({ entity_type: [], step: {}, details: 'x' })) {
      await refused('report', JSON.stringify({ [kind]: issue({ [field]: value }) }), field);
    }
  });

  it('more than 1,000 of a kind', async () => {
    const many = (one: unknown) => JSON.stringify(Array(1_001).fill(one));
    await refused('report', `{"errors":${many(issue({}))}}`, 'errors');
    await refused('report', `{"warnings":${many(issue({}))}}`, 'warnings');
    await refused('report', `{"logs":${many({ level: 'info', message: 'm' })}}`, 'logs');
  });

  it('a counter set and added to, or added to beyond 2⁵³−1', async () => {
    for (const counter of ['processed', 'failed', 'warned']) {
      await refused('report', `{"${counter}_items":5,"${counter}_delta":1}`, counter);
    }
    await refused('report', `{"processed_delta":${Number.MAX_SAFE_INTEGER}}`, 'processed_delta');
  });

  it('one bad field among good ones stores none of them', async () => {
    await refused('report', '{"processed_items":9,"message":"x","mark_started":true,"total_items":-1}');
    await refused('report', '{"processed_items":9,"metadata_patch":{"source":null},"stage":{}}', 'stage');
  });

  it('metadata or a result over 64 KiB', async () => {
    const at = door('report');
    const big = 'é'.repeat(33 * 1024);
    const patch = await knock(at, victim, { body: { metadata_patch: { big } } });
    expectRefusal(patch, 413, 'metadata_too_large');
    expectRefusal(await knock(at, victim, { body: { result: big } }), 413, 'result_too_large');
    const made = await knock(door('create'), victim, { body: { ...CREATE, metadata: { big } } });
    expectRefusal(made, 413, 'metadata_too_large');
  });
});
