/** What code generators make of requests: a field is required where the service requires it, and nowhere else. */
import { describe, expect, it } from 'vitest';
import openapi from '../../openapi.json';

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema, read as it comes
type Schema = any;
const document: Schema = openapi;

function resolved(schema: Schema): Schema {
  const name = String(schema?.$ref ?? '').replace('#/components/schemas/', '');
  return name === '' ? schema : document.components.schemas[name];
}

/** A schema and all that stand in it, each once. */
function* everySchema(schema: Schema, seen = new Set<Schema>()): Generator<Schema> {
  const own = resolved(schema);
  if (typeof own !== 'object' || own === null || seen.has(own)) return;
  seen.add(own);
  yield own;
  const parts = [
    ...Object.values(own.properties ?? {}),
    ...(own.anyOf ?? own.oneOf ?? own.allOf ?? []),
    ...(own.prefixItems ?? []),
    ...[own.items, own.additionalProperties, own.not].filter((part) => part !== undefined),
  ];
  for (const part of parts) yield* everySchema(part, seen);
}

const OPERATIONS = Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Schema>(methods).map(([method, operation]) => {
    const body = operation.requestBody?.content?.['application/json']?.schema;
    const parameters = (operation.parameters ?? []).map(({ schema }: Schema) => schema);
    return {
      name: `${method.toUpperCase()} ${path}`,
      asked: [...(body === undefined ? [] : [body]), ...parameters],
      body,
    };
  }),
);
const bodyOf = (name: string) => resolved(OPERATIONS.find((one) => one.name === name)?.body);

describe('in the description of a request', () => {
  it.each(OPERATIONS)('$name has no default, which generators take for required', ({ asked }) => {
    for (const schema of asked)
      for (const one of everySchema(schema)) expect(one).not.toHaveProperty('default');
  });

  it('a report requires nothing, and tells its defaults in words', () => {
    const report = bodyOf('POST /api/jobs/{job_id}/progress');
    expect(report.required ?? []).toEqual([]);
    expect(report.properties.mark_started.description).toBe('Default: false.');
    expect(report.properties.mark_completed.description).toBe('Default: false.');
    const error = [...everySchema(report.properties.error)].find(({ properties }) => properties?.entity_key);
    expect(error.required).toEqual(['entity_key', 'error_type', 'message']);
    expect(error.properties.entity_type.description).toBe('Default: "job".');
  });

  it('a token requires its scope alone', () => {
    const token = bodyOf('POST /api/jobs/{job_id}/tokens');
    expect(token.required).toEqual(['scope']);
    expect(token.properties.allow_get.description).toContain('Default: false.');
  });
});

describe('in the description of an answer', () => {
  const answers = Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).flatMap(([method, { responses }]) =>
      Object.values<Schema>(responses).flatMap(({ content }) =>
        Object.values<Schema>(content ?? {}).map(({ schema }) => ({ name: `${method} ${path}`, schema })),
      ),
    ),
  );
  const shown = new Set(answers.flatMap(({ schema }) => [...everySchema(schema)]));

  it('an object may hold more than is told: what is added later breaks no client', () => {
    expect(shown.size).toBeGreaterThan(300);
    for (const one of shown) expect(one.additionalProperties).not.toBe(false);
  });

  it('a request may not, where a field that nobody knows is refused', () => {
    for (const name of [
      'POST /api/jobs',
      'POST /api/jobs/{job_id}/progress',
      'POST /api/keys',
      'POST /api/hooks',
    ])
      expect([name, bodyOf(name).additionalProperties]).toEqual([name, false]);
  });

  it('a time is its format and no pattern', () => {
    const times = [
      ...shown,
      ...OPERATIONS.flatMap(({ asked }) => asked.flatMap((one) => [...everySchema(one)])),
    ];
    expect(times.filter(({ format }) => format === 'date-time').length).toBeGreaterThan(50);
    for (const { format, pattern } of times) if (format === 'date-time') expect(pattern).toBeUndefined();
  });
});

it('every operation says what it does, and each kind of credential is a scheme of its own', () => {
  for (const methods of Object.values<Schema>(document.paths))
    for (const { operationId, description } of Object.values<Schema>(methods))
      expect([operationId, typeof description]).toEqual([operationId, 'string']);
  const schemes = Object.values<Schema>(document.components.securitySchemes);
  const kinds = schemes.map(({ in: place, name, description }) => `${place} ${name} ${description}`);
  expect(new Set(kinds).size).toBe(schemes.length);
});
