/** Bodies that are no JSON, not declared as JSON, or too much of it. Each is refused at every door alike. */
import { describe, expect, it } from 'vitest';
import { bystander } from './bystander.ts';
import { bytes, DOORS, knock, knockRaw, knockStream } from './doors.ts';
import { expectOneOf, expectRefusal } from './refusal.ts';

const KIB = 1024;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const victim = bystander();

const MALFORMED = [
  '{',
  '}',
  'nul',
  'undefined',
  '{"total_items":}',
  '{"total_items":nan}',
  '{"total_items":+Infinity}',
  '{"total_items":01}',
  '{"total_items":+1}',
  '{"total_items":.5}',
  '{"total_items":0x10}',
  '{"total_items":1,}',
  "{'total_items':1}",
  '{total_items:1}',
  '{"total_items":1} trailing',
  '{"total_items":1}{"total_items":2}',
  '// comment\n{}',
  '{"message":"tab\there"}',
  '{"message":"\u0000"}',
  '{"message":"\\x41"}',
  '{"message":"\\ud8"}',
  '\u0000',
  '   ',
  '['.repeat(100_000),
  '{"a":'.repeat(50_000),
];

const NOT_UTF8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map(
  (bad) => Uint8Array.from([...bytes('{"nope":"'), ...bad, ...bytes('"}')]),
);

const OTHER_TYPES = [
  'application/json;',
  'application/json; charset=utf8',
  'application/json;charset="UTF-8"',
  'text/plain',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/jsonp',
  'application/jsonx',
  'application/json, text/plain',
  'text/plain; application/json',
  'json',
  '*/*',
  'application/octet-stream',
];

/** The bytes of UTF-16, most significant first where `big`. */
function utf16(text: string, big: boolean): number[] {
  return Array.from(text).flatMap((character) => {
    const unit = character.charCodeAt(0);
    return big ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8];
  });
}

describe.each(DOORS)('$name', (door) => {
  it('refuses malformed JSON as 400 malformed_json', async () => {
    for (const text of MALFORMED) {
      const answer = await knockRaw(door, victim, text);
      expectRefusal(answer, 400, 'malformed_json', door.surface);
    }
  });

  it('reads bytes that are no UTF-8 as U+FFFD, and then what is there', async () => {
    for (const raw of NOT_UTF8) {
      const answer = await knock(door, victim, { raw, headers: JSON_TYPE });
      expectRefusal(answer, 422, 'validation_failed', door.surface);
    }
  });

  it('reads JSON under any type, or none', async () => {
    for (const type of OTHER_TYPES) {
      const answer = await knock(door, victim, {
        raw: bytes('{"nope":1}'),
        headers: { 'Content-Type': type },
      });
      expectRefusal(answer, 422, 'validation_failed', door.surface);
    }
    const untyped = await knock(door, victim, { raw: bytes('{"nope":1}') });
    expectRefusal(untyped, 422, 'validation_failed', door.surface);
  });

  it('reads a declared charset, a byte order mark first; refuses an unknown one as 415', async () => {
    const texts: [string, number[]][] = [
      ['application/json; charset=utf-16le', utf16('{"nope":1}', false)],
      ['application/json', utf16('\ufeff{"nope":1}', false)],
      ['application/json; charset=iso-8859-1', utf16('\ufeff{"nope":1}', true)],
      ['application/json; charset=utf-16', [0xef, 0xbb, 0xbf, ...bytes('{"nope":1}')]],
      ['application/json; charset=windows-1252', [...bytes('{"nope":"'), 0x80, ...bytes('"}')]],
    ];
    for (const [type, raw] of texts) {
      const ask = { raw: Uint8Array.from(raw), headers: { 'Content-Type': type } };
      expectRefusal(await knock(door, victim, ask), 422, 'validation_failed', door.surface);
    }
    const headers = { 'Content-Type': 'application/json; charset=klingon' };
    const unknown = await knock(door, victim, { raw: bytes('{"nope":1}'), headers });
    expectRefusal(unknown, 415, 'unsupported_media_type', door.surface);
  });

  it('refuses any Content-Encoding as 415', async () => {
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', 'nonsense']) {
      const headers = { ...JSON_TYPE, 'Content-Encoding': encoding };
      const answer = await knock(door, victim, { raw: bytes('{}'), headers });
      expectRefusal(answer, 415, 'unsupported_media_type', door.surface);
    }
  });

  it('refuses more than 256 KiB as 413, counted in bytes', async () => {
    const sizes = [
      `"${'a'.repeat(256 * KIB - 1)}"`,
      `"${'é'.repeat(200 * KIB)}"`,
      `{}${' '.repeat(2048 * KIB)}`,
    ];
    for (const text of sizes) {
      expectRefusal(await knockRaw(door, victim, text), 413, 'body_too_large', door.surface);
    }
  });

  it('reads 8 MiB of a stream without a declared length, and no more', async () => {
    const { answer, taken } = await knockStream(door, victim, 32 * KIB * KIB);
    expectRefusal(answer, 413, 'body_too_large', door.surface);
    expect(taken).toBeLessThan(9 * KIB * KIB);
  });

  it('refuses JSON that is no object as 422', async () => {
    for (const text of ['null', 'NaN', '-Infinity', 'true', '0', '"{}"', '[]', '[{}]']) {
      expectRefusal(await knockRaw(door, victim, text), 422, 'validation_failed', door.surface);
    }
  });
});

describe.each(DOORS.filter((door) => door.needsBody))('$name', (door) => {
  it('refuses an empty body', async () => {
    expectRefusal(await knockRaw(door, victim, ''), 400, 'malformed_json', door.surface);
    expectRefusal(await knock(door, victim, { headers: JSON_TYPE }), 400, 'malformed_json', door.surface);
    const untyped = await knock(door, victim);
    expectOneOf(
      untyped,
      [
        [400, 'malformed_json'],
        [415, 'unsupported_media_type'],
      ],
      door.surface,
    );
  });
});
