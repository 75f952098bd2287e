/** JSON Schema as openapi.json has it: the keywords that the service's description uses. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}

/** One method on one path, and all that is said of it. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** What a body may be; null where none is taken. */
  body: { type: string; schema: Schema } | null;
  /** By status, then by media type without its parameters. */
  answers: Map<number, Map<string, Schema>>;
  /** Whose credential opens it. */
  opens: 'tenant' | 'admin' | 'nobody';
}

export interface Description {
  operations: Operation[];
  /** The schema itself, where it only names another. */
  resolve: (schema: Schema) => Schema;
  /** The whole document, for a validator. */
  document: object;
}

interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

interface Described {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  security?: Record<string, unknown>[];
}

/** Every operation of an OpenAPI document. */
export function describe(document: Document): Description {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(method.toUpperCase(), path, described)),
  );
  const resolve = (schema: Schema): Schema => {
    if (schema.$ref === undefined) return schema;
    const named = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (named === undefined) throw new Error(`openapi.json has no ${schema.$ref}`);
    return resolve(named);
  };
  return { operations, resolve, document };
}

function operationOf(method: string, path: string, described: Described): Operation {
  const [body] = Object.entries(described.requestBody?.content ?? {});
  const schemes = (described.security ?? []).flatMap((one) => Object.keys(one));
  return {
    ...{ id: described.operationId, method, path, parameters: described.parameters ?? [] },
    body: body === undefined ? null : { type: body[0], schema: body[1].schema },
    answers: new Map(
      Object.entries(described.responses).map(([status, { content = {} }]) => [
        Number(status),
        new Map(Object.entries(content).map(([type, { schema }]) => [bare(type), schema])),
      ]),
    ),
    opens: schemes.includes('adminToken') ? 'admin' : schemes.length === 0 ? 'nobody' : 'tenant',
  };
}

/** A media type without its parameters. */
export function bare(type: string): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? '';
}
