/** Bodies with fields that are not as they should be, and values of the wrong kind to fill them with. */
import { expect } from 'vitest';
import type { Answer } from '../support/client.ts';
import type { Bystander } from './bystander.ts';
import { DOORS, type Door, knockRaw } from './doors.ts';
import { expectRefusal } from './refusal.ts';

/** JSON texts that are no counter, no string, no boolean and no object. */
export const NO_NUMBER = ['"1"', 'true', '[]', '{}', '1e999', '-1e999'];
export const NO_COUNTER = [...NO_NUMBER, '-1', '0.5', '1e21', '9007199254740992', '9007199254740993'];
export const NO_TEXT = ['1', 'true', '[]', '{}'];
/** What is no text to a worker’s door, where a number is read as one. */
export const UNREADABLE_TEXT = ['[]', '{}', '["a"]'];
export const NO_FLAG = ['2', '-1', '"yes"', '[]', '{}'];
/** What is no object to a worker’s door, where an empty list is an empty object, as PHP writes it. */
export const UNREADABLE_OBJECT = ['1', 'true', '"{}"', '[0]', '[{}]'];
export const NO_LIST = ['1', 'true', '"[]"', '{}'];

/** The JSON text of a string of `length` characters. */
export const text = (length: number, character = 'a') => JSON.stringify(character.repeat(length));

export const door = (name: string): Door => DOORS.find((one) => one.name === name) as Door;

/** Posts `body` at the door `name` and holds the answer to be a 422 that names all of `names`. */
export async function expectInvalid(
  victim: Bystander,
  name: string,
  body: string,
  ...names: string[]
): Promise<void> {
  const { surface } = door(name);
  const answer = await knockRaw(door(name), victim, body);
  expectRefusal(answer, 422, 'validation_failed', surface);
  for (const named of names) expect(complaints(answer), body).toContain(named);
  if (surface === 'polling') return;
  for (const error of answer.json.errors) {
    expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/\S/) });
  }
}

/** What a refusal says about fields, on whatever surface. */
function complaints(answer: Answer): string {
  return JSON.stringify(answer.json?.error?.details ?? answer.json?.errors ?? null);
}
