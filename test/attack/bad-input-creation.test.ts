/** Bad fields of a creation, a cancellation, a rerun and the operator's requests. */
import { describe, it } from 'vitest';
import { bystander } from './bystander.ts';
import {
  expectInvalid,
  NO_COUNTER,
  NO_NUMBER,
  NO_TEXT,
  text,
  UNREADABLE_OBJECT,
  UNREADABLE_TEXT,
} from './invalid.ts';

const victim = bystander();
const refused = (name: string, body: string, ...names: string[]) =>
  expectInvalid(victim, name, body, ...names);

const NO_LINK = [
  ...['"x"', '"//runs.example/"', '"javascript:alert(1)"', '"ftp://runs.example/"', '"https://"'],
  ...['"https://me:pw@runs.example/"', '"https://runs.example/a b"', '"https://runs.example/\\n"'],
  JSON.stringify(`https://runs.example/${'a'.repeat(1_000)}`),
];
const CREATE = { job_type: 'import', total_items: 1 };

describe('a creation', () => {
  it.each([
    ['job_type', ['null', '""', text(101), '"a\\u0000b"', '"a\\nb"', '"a\\u007fb"', ...UNREADABLE_TEXT]],
    ['total_items', ['null', ...NO_COUNTER]],
    ['metadata', [...UNREADABLE_OBJECT, '{"stage":[]}']],
    ['triggered_by', UNREADABLE_TEXT],
    ['name', ['""', ...UNREADABLE_TEXT]],
    ['category', [...NO_TEXT, '"other"', '"SEO"', '"constructor"']],
    ['tags', ['"x"', '[""]', '[[]]', `[${text(129)}]`, JSON.stringify('abcdefghijk'.split(''))]],
    ['heartbeat_timeout_seconds', ['9', '86401', '10.5', ...NO_NUMBER]],
    ['timeout_seconds', ['0', '2592001', '1.5', ...NO_NUMBER]],
    ['retention_days', ['0', '366', '1.5', ...NO_NUMBER]],
    ['details_url', ['""', ...UNREADABLE_TEXT, ...NO_LINK]],
  ])('%s', async (field, values) => {
    for (const value of values) {
      const others = Object.entries(CREATE).filter(([name]) => name !== field);
      const rest = others.map(([name, given]) => `,"${name}":${JSON.stringify(given)}`).join('');
      await refused('create', `{"${field}":${value}${rest}}`, field);
    }
  });

  it('without what is required', async () => {
    await refused('create', '{}', 'job_type', 'total_items');
    await refused('create', '{"total_items":1}', 'job_type');
    await refused('create', '{"job_type":"import"}', 'total_items');
  });
});

describe('cancel, rerun and the operator', () => {
  it.each([
    ['cancel', '{"reason":[]}', 'reason'],
    ['cancel (c)', '{"reason":{}}', 'reason'],
    ['rerun', '{"items":"some"}', 'items'],
    ['rerun (b)', '{"items":7}', 'items'],
    ['make a key', '{"name":"A","permissions":["job:everything"]}', 'permissions'],
    ['make a key', '{"name":"A","permissions":"job:read"}', 'permissions'],
    ['make a key', '{"permissions":["job:read"],"name":7}', 'name'],
  ])('%s %s', async (name, body, field) => {
    await refused(name, body, field);
  });

  it.each(['', 'A', '-a', 'a_b', 'a b', 'ä', '__proto__', 'a'.repeat(41), 'a\n', 'a/b', '..', 7, null])(
    'organization_id %j',
    async (organization_id) => {
      await refused(
        'make an organization',
        JSON.stringify({ organization_id, name: 'A' }),
        'organization_id',
      );
    },
  );
});
