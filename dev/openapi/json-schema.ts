import * as z from 'zod';

/** A part of the document. */
export type Doc = Record<string, unknown>;

/**
 * A schema as JSON Schema 2020-12; the ones that bear a name go to the components. What a request may leave out bears no
 * `default` there, which makes code generators take the field as required: its description says it.
 */
export function convert(schema: z.ZodType, io: 'input' | 'output', schemas: Map<string, Doc>): Doc {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      if (io === 'input') tellDefault(jsonSchema);
    },
  }) as Doc;
  for (const [name, definition] of Object.entries($defs as Record<string, Doc>)) {
    const linked = relink(definition) as Doc;
    if (schemas.has(name) && JSON.stringify(schemas.get(name)) !== JSON.stringify(linked)) {
      throw new Error(`two shapes are called ${name}`);
    }
    schemas.set(name, linked);
  }
  return relink(own) as Doc;
}

function tellDefault(schema: Doc): void {
  if (!('default' in schema)) return;
  const told = `Default: ${JSON.stringify(schema.default)}.`;
  schema.description = schema.description === undefined ? told : `${schema.description} ${told}`;
  delete schema.default;
}

function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'id' || typeof (value as Doc).id !== 'string')
    .map(([key, inner]) => {
      if (key === '$ref') return [key, String(inner).replace('#/$defs/', '#/components/schemas/')];
      return [key, relink(inner)];
    });
  return Object.fromEntries(entries);
}
