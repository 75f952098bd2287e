import * as z from 'zod';

/** A part of the document. */
export type Doc = Record<string, unknown>;
type Side = 'input' | 'output';

const COMPONENTS = '#/components/schemas/';

/** The schemas that bear a name: those of requests and those of answers, apart until all of them are known. */
export class Schemas {
  readonly #input = new Map<string, Doc>();
  readonly #output = new Map<string, Doc>();

  add(side: Side, name: string, schema: Doc): void {
    const known = side === 'input' ? this.#input : this.#output;
    const there = known.get(name);
    if (there !== undefined && JSON.stringify(there) !== JSON.stringify(schema)) {
      throw new Error(`two shapes are called ${name}`);
    }
    known.set(name, schema);
  }

  /** `document` with all of them among its components. What an answer shows otherwise than a request takes it has a name of its own. */
  into(document: Doc): Doc {
    const apart = this.#apart();
    const nameOf = (link: string) => {
      const [side = '', name = ''] = link.split(':');
      return side === 'output' && apart.has(name) ? `${name}Response` : name;
    };
    const all = [...this.#named('input'), ...this.#named('output')].map(([link, schema]) => [
      nameOf(link),
      schema,
    ]);
    const { schemas, ...components } = document.components as Doc;
    const sorted = Object.fromEntries(all.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
    const whole = {
      ...document,
      components: { ...components, schemas: { ...sorted, ...(schemas as Doc) } },
    };
    return JSON.parse(
      JSON.stringify(whole).replaceAll(/(?<="#\/components\/schemas\/)(?:in|out)put:\w+/g, nameOf),
    );
  }

  #named(side: Side): [string, Doc][] {
    return [...(side === 'input' ? this.#input : this.#output)].map(([name, doc]) => [
      `${side}:${name}`,
      doc,
    ]);
  }

  /** The names of both sides whose shapes differ, or hold one that does. */
  #apart(): Set<string> {
    const plain = (doc: Doc | undefined) => JSON.stringify(doc).replaceAll(/(?:in|out)put:(?=\w+")/g, '');
    const shared = [...this.#input.keys()].filter((name) => this.#output.has(name));
    const apart = new Set(
      shared.filter((name) => plain(this.#input.get(name)) !== plain(this.#output.get(name))),
    );
    for (let before = -1; before < apart.size; ) {
      before = apart.size;
      for (const name of shared) {
        const linked = JSON.stringify(this.#output.get(name)).matchAll(/output:(\w+)"/g);
        if ([...linked].some(([, one = '']) => apart.has(one))) apart.add(name);
      }
    }
    return apart;
  }
}

/**
 * A schema as JSON Schema 2020-12; the ones that bear a name go to the components. What a request may leave out bears no
 * `default` there, which makes code generators take the field as required: its description says it. An answer may hold
 * more than is described: what is added to it later breaks no client. A time is its format, and no pattern.
 */
export function convert(schema: z.ZodType, io: Side, schemas: Schemas): Doc {
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
      else if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  }) as Doc;
  for (const [name, definition] of Object.entries($defs as Record<string, Doc>)) {
    schemas.add(io, name, relink(definition, io) as Doc);
  }
  return relink(own, io) as Doc;
}

function tellDefault(schema: Doc): void {
  if (!('default' in schema)) return;
  const told = `Default: ${JSON.stringify(schema.default)}.`;
  schema.description = schema.description === undefined ? told : `${schema.description} ${told}`;
  delete schema.default;
}

function relink(value: unknown, io: Side): unknown {
  if (Array.isArray(value)) return value.map((one) => relink(one, io));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'id' || typeof (value as Doc).id !== 'string')
    .map(([key, inner]) => {
      if (key === '$ref') return [key, String(inner).replace('#/$defs/', `${COMPONENTS}${io}:`)];
      return [key, relink(inner, io)];
    });
  return Object.fromEntries(entries);
}
