/** `docs/fields.md` names every field of a job as the schema has it: its type, whether it can be null, its words. */
import { describe, expect, it } from 'vitest';
import page from '../../docs/fields.md?raw';
import openapi from '../../openapi.json';

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: string[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
}

const SCHEMAS = openapi.components.schemas as unknown as Record<string, Schema>;
const TABLES: [heading: string, schema: string][] = [
  ['The job', 'JobResponse'],
  ['`cancellation`', 'Cancellation'],
  ['An entry of `errors` or `warnings`', 'JobErrorResponse'],
  ['`control`', 'Control'],
];

/** The rows of the table under a heading. */
function rowsOf(heading: string) {
  const section = page.split('\n## ').find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, name = '', type, what = '', unset] = row.split('|').map((cell) => cell.trim());
    return { name: name.replaceAll('`', ''), type, what, unset };
  });
}

/** A schema in the page's words. */
function typeOf(schema: Schema): string {
  const parts = schema.anyOf ?? [schema];
  const types = parts.flatMap(({ type = 'object' }) => type);
  const [kind] = parts.filter(({ type }) => type !== 'null');
  if (kind?.$ref === undefined && kind?.type === undefined) return 'any JSON';
  const words: Record<string, string> = { 'date-time': 'time', uuid: 'id', array: 'list' };
  const plain = types.find((type) => type !== 'null') ?? '';
  const word = words[kind.format ?? ''] ?? words[plain] ?? plain;
  return types.includes('null') ? `${word} or null` : word;
}

describe.each(TABLES)('%s', (heading, name) => {
  const properties = SCHEMAS[name]?.properties ?? {};
  const rows = rowsOf(heading);

  it('has a row for each field, in its order', () => {
    expect(rows.map((row) => row.name)).toEqual(Object.keys(properties));
  });

  it('tells types, when a field is null, and every word it can be', () => {
    for (const { name: field, type, what, unset } of rows) {
      const schema = properties[field] ?? {};
      expect([field, type]).toEqual([field, typeOf(schema)]);
      const nullable = typeOf(schema) === 'any JSON' || typeOf(schema).endsWith('null');
      expect([field, unset !== '–'], 'when it is null').toEqual([field, nullable]);
      const kinds = [schema, ...(schema.anyOf ?? [])];
      for (const word of kinds.flatMap((kind) => kind.enum ?? [])) expect(what).toContain(`\`${word}\``);
      if (field.endsWith('_seconds')) expect(what).toContain('seconds');
      if (field.endsWith('_percentage') || field.endsWith('_rate')) expect(what).toContain('percent');
    }
  });
});
