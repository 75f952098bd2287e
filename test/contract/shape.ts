/** Compares an answer with what a contract prints: its table of fields, and its example. */
import assert from 'node:assert/strict';
import type { Field } from './published.ts';

/** Every field of the table is there and has its printed JSON type; null only where the table allows it. */
export function assertFields(actual: Record<string, unknown>, fields: Field[]): void {
  for (const { name, type, nullable } of fields) {
    assert.ok(Object.hasOwn(actual, name), `${name} is missing from ${JSON.stringify(actual)}`);
    const value = actual[name];
    if (value === null && nullable) continue;
    assert.ok(isA(type, value), `${name} is ${JSON.stringify(value)}, printed as ${type}`);
  }
}

/** Whether a JSON value is of a type as the contracts name it. */
export function isA(type: Field['type'], value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return Number.isFinite(value);
  if (type === 'object') return isObject(value);
  if (type === 'object[]') return Array.isArray(value) && value.every(isObject);
  return typeof value === type;
}

/** Every key of the printed example is there with a value of the same JSON type, at every depth. */
export function assertLike(actual: unknown, printed: unknown, at = 'the answer'): void {
  if (Array.isArray(printed)) {
    assert.ok(Array.isArray(actual), `${at} is printed as an array`);
    actual.forEach((item, index) => {
      assertLike(item, printed[0], `${at}[${index}]`);
    });
  } else if (isObject(printed)) {
    assert.ok(isObject(actual), `${at} is printed as an object, it is ${JSON.stringify(actual)}`);
    for (const [key, value] of Object.entries(printed)) {
      assert.ok(Object.hasOwn(actual, key), `${at}.${key} is missing`);
      assertLike(actual[key], value, `${at}.${key}`);
    }
  } else {
    assert.equal(kind(actual), kind(printed), `${at} is ${JSON.stringify(actual)}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kind(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
