/** JSON that parses and is still hostile: too deep, too wide, keys that every object has, what no one can store. */
import { describe, expect, it } from 'vitest';
import { bystander } from './bystander.ts';
import { DOORS, type Door, knockRaw } from './doors.ts';
import { arrays, objects, wide } from './nested.ts';
import { expectRefusal } from './refusal.ts';

const victim = bystander();

const INHERITED = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__'];
const UNSTORABLE = ['1e999', '-1e999', '1e-401', '1'.repeat(401), `0.${'1'.repeat(400)}`];

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

  it('refuses __proto__, constructor and prototype as fields that it does not know, and takes nothing from them', async () => {
    for (const key of INHERITED) await refused(door, `{"${key}":{"polluted":true}}`);
    expect('polluted' in {}).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('refuses numbers of more than 400 digits or an exponent beyond 400, wherever they stand', async () => {
    for (const value of UNSTORABLE) {
      await refused(door, `{"nope":${value}}`);
      for (const place of places) {
        await refused(door, place.replace('@', value));
        await refused(door, place.replace('@', `[{"deep":[${value}]}]`));
      }
    }
  });
});
