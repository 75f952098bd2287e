/** Fields that are unknown, of the wrong type or out of range: a 422 that names them, and nothing is stored. */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../support/client.ts';
import { bystander } from './bystander.ts';
import { DOORS, type Door, knock, knockRaw } from './doors.ts';
import { expectRefusal } from './refusal.ts';

const victim = bystander();
const door = (name: string) => DOORS.find((one) => one.name === name) as Door;

/** What a refusal says about fields, on whatever surface. */
function complaints(answer: Answer): string {
  return JSON.stringify(answer.json?.error?.details ?? answer.json?.errors ?? null);
}

async function refused(at: Door, body: string, ...names: string[]): Promise<void> {
  const answer = await knockRaw(at, victim, body);
  expectRefusal(answer, 422, 'validation_failed', at.surface);
  for (const name of names) expect(complaints(answer), body).toContain(name);
  if (at.surface !== 'polling') {
    for (const error of answer.json.errors) {
      expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/\S/) });
    }
  }
}

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
    await refused(door(name), body, ...names);
  });

  it.each(DOORS)('names what every object inherits: $name', async (at) => {
    for (const inherited of ['toString', 'hasOwnProperty', 'valueOf', 'length']) {
      await refused(at, `{"${inherited}":1}`, inherited);
    }
  });

  it('answers long and many unknown names quickly and shortly', async () => {
    const long = JSON.stringify({ ['n'.repeat(200_000)]: 1 });
    const many = JSON.stringify(
      Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${'x'.repeat(200)}${i}`, 1])),
    );
    for (const body of [long, many]) {
      const started = performance.now();
      const answer = await knockRaw(door('report'), victim, body);
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.text.length).toBeLessThan(64 * 1024);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});

const NO_COUNTER = [
  '-1',
  '0.5',
  '"1"',
  'true',
  '[]',
  '{}',
  '1e999',
  '1e21',
  '9007199254740992',
  '9007199254740993',
];
const NO_TEXT = ['1', 'true', '[]', '{}'];
const NO_FLAG = ['1', '0', '"true"', '[]', '{}'];
const NO_OBJECT = ['1', 'true', '"{}"', '[]'];
const text = (length: number, character = 'a') => JSON.stringify(character.repeat(length));

describe('a report', () => {
  it.each([
    ['total_items', NO_COUNTER],
    ['processed_items', NO_COUNTER],
    ['failed_items', NO_COUNTER],
    ['warned_items', NO_COUNTER],
    ['mark_started', NO_FLAG],
    ['mark_completed', NO_FLAG],
    ['mark_failed', [...NO_TEXT, '""']],
    ['message', NO_TEXT],
    ['stage', [...NO_TEXT, text(201), text(201, '😀')]],
    ['metadata_patch', NO_OBJECT],
    ['error', [...NO_OBJECT, '{}']],
    ['warning', [...NO_OBJECT, '{}']],
  ])('%s', async (field, values) => {
    for (const value of values) await refused(door('report'), `{"${field}":${value}}`, field);
  });

  it.each(['error', 'warning'])('%s: what is inside it', async (kind) => {
    for (const [field, value] of Object.entries({ entity_key: 'a'.repeat(513), error_type: 1, message: 1 })) {
      await refused(door('report'), JSON.stringify({ [kind]: issue({ [field]: value }) }), field);
      await refused(door('report'), JSON.stringify({ [kind]: issue({ [field]: undefined }) }), field);
      await refused(door('report'), JSON.stringify({ [kind]: issue({ [field]: null }) }), field);
    }
    const others = {
      error_type: 'a'.repeat(201),
      entity_type: 'a'.repeat(201),
      step: 'a'.repeat(201),
      details: 'x',
    };
    for (const [field, value] of Object.entries(others)) {
      await refused(door('report'), JSON.stringify({ [kind]: issue({ [field]: value }) }), field);
    }
  });

  it('two ends at once', async () => {
    await refused(door('report'), '{"mark_completed":true,"mark_failed":"x"}');
  });

  it('one bad field among good ones stores none of them', async () => {
    await refused(
      door('report'),
      '{"processed_items":9,"message":"x","mark_completed":true,"total_items":-1}',
    );
    await refused(
      door('report'),
      '{"processed_items":9,"metadata_patch":{"source":null},"stage":7}',
      'stage',
    );
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

describe('a creation', () => {
  it.each([
    ['job_type', ['null', '""', text(101), '"a\\u0000b"', '"a\\nb"', '"a\\u007fb"', ...NO_TEXT]],
    ['total_items', ['null', ...NO_COUNTER]],
    ['metadata', NO_OBJECT],
    ['triggered_by', [...NO_TEXT, text(201)]],
    ['name', [...NO_TEXT, text(201)]],
    ['category', [...NO_TEXT, '"other"', '"SEO"', '"constructor"']],
    ['tags', ['"x"', '[""]', '[1]', `[${text(129)}]`, JSON.stringify('abcdefghijk'.split(''))]],
    ['heartbeat_timeout_seconds', ['9', '86401', '10.5', '"10"']],
    ['timeout_seconds', ['0', '2592001', '1.5', '"1"']],
    ['retention_days', ['0', '366', '1.5', '"1"']],
  ])('%s', async (field, values) => {
    for (const value of values) {
      const others = Object.entries(CREATE).filter(([name]) => name !== field);
      const rest = others.map(([name, given]) => `,"${name}":${JSON.stringify(given)}`).join('');
      await refused(door('create'), `{"${field}":${value}${rest}}`, field);
    }
  });

  it('without what is required', async () => {
    await refused(door('create'), '{}', 'job_type', 'total_items');
    await refused(door('create'), '{"total_items":1}', 'job_type');
    await refused(door('create'), '{"job_type":"import"}', 'total_items');
  });
});

describe('cancel, rerun and the operator', () => {
  it.each([
    ['cancel', '{"reason":1}', 'reason'],
    ['cancel (c)', '{"reason":{}}', 'reason'],
    ['rerun', '{"items":"some"}', 'items'],
    ['rerun (b)', '{"items":7}', 'items'],
    ['make a key', '{"name":"A","permissions":["job:everything"]}', 'permissions'],
    ['make a key', '{"name":"A","permissions":"job:read"}', 'permissions'],
    ['make a key', '{"permissions":["job:read"],"name":7}', 'name'],
  ])('%s %s', async (name, body, field) => {
    await refused(door(name), body, field);
  });

  it.each(['', 'A', '-a', 'a_b', 'a b', 'ä', '__proto__', 'a'.repeat(41), 'a\n', 'a/b', '..', 7, null])(
    'organization_id %j',
    async (organization_id) => {
      await refused(
        door('make an organization'),
        JSON.stringify({ organization_id, name: 'A' }),
        'organization_id',
      );
    },
  );
});
