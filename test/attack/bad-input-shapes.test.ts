/** JSON that parses and is still hostile: too deep, too wide, poisoned keys, numbers and text no one can store. */
import { describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client.ts';
import { bystander } from './bystander.ts';
import { DOORS, type Door, knockRaw } from './doors.ts';
import { expectRefusal } from './refusal.ts';

const victim = bystander();

/** A value of `levels` nested arrays, or of nested objects. */
const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
const wide = (keys: number) => `{${Array.from({ length: keys }, (_, i) => `"k${i}":0`).join(',')}}`;

const POISON = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__'];
const UNSTORABLE = ['1e999', '-1e999', '"\\ud800"', '"a\\udc00b"', '"\\udc00\\ud800"', '{"\\ud800":1}'];

/** Each place where a body of this door takes JSON of any shape; the hole is `@`. */
const PLACES: Record<string, string[]> = {
  create: ['{"job_type":"import","total_items":1,"metadata":{"x":@}}'],
  report: [
    '{"metadata_patch":{"x":@}}',
    '{"metadata_patch":{"x":[0,{"y":@}]}}',
    '{"result":@}',
    '{"error":{"entity_key":"k","error_type":"t","message":"m","details":{"x":@}}}',
    '{"warning":{"entity_key":"k","error_type":"t","message":"m","details":{"x":@}}}',
  ],
};

async function refused(door: Door, text: string): Promise<void> {
  expectRefusal(await knockRaw(door, victim, text), 422, 'validation_failed', door.surface);
}

describe.each(DOORS)('$name', (door) => {
  const places = PLACES[door.name] ?? [];

  it('refuses 33 and 100,000 levels', async () => {
    for (const deep of [arrays(33), objects(33), arrays(100_000), objects(40_000)]) {
      await refused(door, deep);
      await refused(door, `{"nope":${deep}}`);
      for (const place of places) await refused(door, place.replace('@', deep));
    }
  });

  it('refuses an object of 1,001 keys', async () => {
    await refused(door, wide(1_001));
    for (const place of places) await refused(door, place.replace('@', wide(1_001)));
  });

  it('refuses __proto__, constructor and prototype as keys, at any depth', async () => {
    for (const key of POISON) {
      const poisoned = `{"${key}":{"polluted":true}}`;
      await refused(door, poisoned);
      for (const place of places) {
        await refused(door, place.replace('@', poisoned));
        await refused(door, place.replace('@', `[[{"deep":${poisoned}}]]`));
        await refused(door, place.replace('@', `{"a":{"${key}":null}}`));
      }
    }
    expect('polluted' in {}).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('refuses infinite numbers and lone surrogates, wherever they stand', async () => {
    for (const value of UNSTORABLE) {
      await refused(door, `{"nope":${value}}`);
      for (const place of places) {
        await refused(door, place.replace('@', value));
        await refused(door, place.replace('@', `[{"deep":[${value}]}]`));
      }
    }
  });
});

describe('at the limits, all is taken and given back as it came', () => {
  /** The whole body is level 1 and `metadata` level 2. */
  async function roundTrip(client: Client, metadata: string): Promise<void> {
    const door = DOORS[0] as Door;
    const body = `{"job_type":"import","total_items":1,"metadata":${metadata}}`;
    const made = await knockRaw(door, { client, jobId: '' }, body);
    expect(made.status, made.text).toBe(201);
    const job = await client.get(`/api/jobs/${made.json.job_id}`);
    expect(job.json.metadata).toEqual(JSON.parse(metadata));
  }

  it('32 levels, 1,000 keys, odd but sound text and numbers', async () => {
    const client = await makeClient();
    await roundTrip(client, objects(31));
    await roundTrip(client, `{"x":${arrays(30)}}`);
    await roundTrip(client, wide(1_000));
    await roundTrip(client, `{"x":${wide(1_000)},"y":${wide(1_000)}}`);
    await roundTrip(
      client,
      '{"":"","\\u0000":"\\u0000","\\ud83d\\ude00":"😀\\u2028","toString":1,"hasOwnProperty":2}',
    );
    await roundTrip(client, '{"proto":1,"__proto":2,"Constructor":3,"x":["__proto__","constructor"]}');
    await roundTrip(client, '{"big":1.7976931348623157e308,"small":5e-324,"n":-0.5}');
  });
});
