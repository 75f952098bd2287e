import * as z from 'zod';
import { EVENT_SCHEMAS } from '../../src/dialects/native/feed/schemas';
import type { RejectionCode } from '../../src/domain/base/rejection';
import type { Endpoint } from '../../src/http/endpoint';
import { PROBLEMS } from '../../src/http/problem';
import { SURFACES, type Surface } from '../../src/surfaces';

/** Builds the OpenAPI 3.1 document from the table of routes and their schemas. */

type Doc = Record<string, unknown>;

const TITLES: Record<Surface['name'], string> = {
  native: 'Jobs: the full surface (contract A)',
  polling: 'Jobs: get and rerun (contract B)',
  monitoring: 'Jobs: list, get and cancel (contract C)',
  line: 'The one-line worker: plain text, with the token in the path',
  admin: 'The operator',
  open: 'The service',
};

const PARAMETER_DOCS: Record<string, Doc> = {
  'X-Organization-ID': {
    name: 'X-Organization-ID',
    in: 'header',
    required: false,
    description: 'Selects among the organizations the caller already has; any other is a 403.',
    schema: { type: 'string' },
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key and body again has one effect, and answers it.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The ETags of bodies that the reader holds; 304 where one of them is the present one.',
    schema: { type: 'string' },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description: '`return=minimal` leaves out errors, warnings, metadata and result.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description: 'The id of the last frame read, as an EventSource sends it; wins over `after`.',
    schema: { type: 'string' },
  },
  lastEventId: {
    name: 'lastEventId',
    in: 'query',
    required: false,
    description: 'The same from what can send no header; the header wins.',
    schema: { type: 'string' },
  },
  Upgrade: {
    name: 'Upgrade',
    in: 'header',
    required: true,
    schema: { type: 'string', const: 'websocket' },
  },
};

export function buildDocument(version: string): Doc {
  const schemas = new Map<string, Doc>();
  const paths: Record<string, Record<string, Doc>> = {};
  for (const surface of SURFACES) {
    for (const endpoint of surface.endpoints) {
      const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
      paths[path] = {
        ...paths[path],
        [endpoint.method.toLowerCase()]: operation(surface, endpoint, schemas),
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headway',
      version,
      summary: 'Job progress for workers anywhere.',
      description:
        'One service behind three published Jobs APIs. Every path works with and without a trailing slash.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The service that serves this document.' }],
    tags: SURFACES.map(({ name }) => ({ name, description: TITLES[name] })),
    paths,
    webhooks: webhooks(schemas),
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of an organization: hw_…' },
        adminToken: { type: 'http', scheme: 'bearer', description: 'The operator’s token.' },
        jobToken: { type: 'http', scheme: 'bearer', description: 'A token for one job: hwt_…' },
        jobTokenInQuery: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description: 'A token for one job, where no header can be sent.',
        },
      },
      schemas: {
        ...Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
        ...errorSchemas(),
      },
    },
  };
}

const DELIVERY_HEADERS = [
  ['webhook-id', 'The event’s id: the same at every attempt.'],
  ['webhook-timestamp', 'When the attempt was made, in seconds since 1970.'],
  ['webhook-signature', 'Signatures of Standard Webhooks, separated by spaces: v1,…'],
] as const;

const DELIVERED: Doc = {
  type: 'object',
  required: ['previous_revision'],
  properties: {
    previous_revision: {
      type: ['integer', 'null'],
      description: 'The revision of the job’s last event before that was this endpoint’s too.',
    },
  },
};

/** Each event as a receiver is sent it. */
function webhooks(schemas: Map<string, Doc>): Doc {
  return Object.fromEntries(
    Object.entries(EVENT_SCHEMAS).map(([type, schema]) => {
      const { id, description } = schema.meta() ?? {};
      const post = {
        operationId: `receive${id}`,
        tags: ['native'],
        summary: type,
        description,
        security: [],
        parameters: DELIVERY_HEADERS.map(([name, text]) => {
          return { name, in: 'header', required: true, description: text, schema: { type: 'string' } };
        }),
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { allOf: [convert(schema, 'output', schemas), DELIVERED] } },
          },
        },
        responses: { '2XX': { description: 'Received. Anything else is a failure, and it is sent again.' } },
      };
      return [type, { post }];
    }),
  );
}

const PLAIN_TEXT = { required: false, content: { 'text/plain': { schema: { type: 'string' } } } };

function operation(surface: Surface, endpoint: Endpoint, schemas: Map<string, Doc>): Doc {
  const { id, summary, description, body } = endpoint;
  return {
    operationId: id,
    tags: [surface.name],
    summary,
    ...(description === undefined ? {} : { description }),
    security: security(endpoint),
    ...parameters(endpoint, schemas),
    ...(endpoint.readsText ? { requestBody: PLAIN_TEXT } : {}),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.optional,
            content: {
              'application/json': {
                schema: convert(body.schema, 'input', schemas),
              },
            },
          },
        }),
    responses: { ...replies(endpoint, schemas), ...refusals(surface, endpoint) },
  };
}

/** The credentials that open an endpoint, any one of them; a token in the path is a parameter. */
function security({ access, token }: Endpoint): Doc[] {
  if (access === 'open' || token?.from === 'path') return [];
  if (access === 'admin') return [{ adminToken: [] }];
  return [
    { apiKey: [] },
    ...(token === undefined ? [] : [{ jobToken: [] }]),
    ...(token?.from === 'query' ? [{ jobTokenInQuery: [] }] : []),
  ];
}

function parameters(endpoint: Endpoint, schemas: Map<string, Doc>): Doc {
  const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
  const inQuery = Object.entries(endpoint.query?.shape ?? {}).map(([name, field]) => {
    const schema = convert(field as z.ZodType, 'input', schemas);
    return { name, in: 'query', required: false, schema };
  });
  const tenant = endpoint.access !== 'open' && endpoint.access !== 'admin';
  const beside = [
    ...(tenant ? [PARAMETER_DOCS['X-Organization-ID']] : []),
    ...(endpoint.keyed ? [PARAMETER_DOCS['Idempotency-Key']] : []),
    ...(endpoint.minimizable ? [PARAMETER_DOCS.Prefer] : []),
    ...(endpoint.resumable ? [PARAMETER_DOCS['Last-Event-ID'], PARAMETER_DOCS.lastEventId] : []),
    ...(endpoint.upgrades ? [PARAMETER_DOCS.Upgrade] : []),
    ...(endpoint.conditional ? [PARAMETER_DOCS['If-None-Match']] : []),
  ];
  const all = [...inPath, ...inQuery, ...beside];
  return all.length === 0 ? {} : { parameters: all };
}

function replies(endpoint: Endpoint, schemas: Map<string, Doc>): Doc {
  const entries = Object.entries(endpoint.replies).map(([status, reply]) => {
    const { description, schema, headers, contentType = 'application/json' } = reply;
    const content =
      schema === undefined
        ? {}
        : { content: { [contentType]: { schema: convert(schema, 'output', schemas) } } };
    const described = Object.entries({ 'X-Request-Id': 'The request’s id.', ...headers }).map(
      ([name, text]) => {
        return [name, { description: text, schema: { type: 'string' } }];
      },
    );
    return [status, { description, headers: Object.fromEntries(described), ...content }];
  });
  return Object.fromEntries(entries);
}

/** The refusals that an endpoint's access, body and query imply, and those it names itself, one entry a status. */
function refusals(surface: Surface, endpoint: Endpoint): Doc {
  const { access, body, cursorOf } = endpoint;
  const codes: RejectionCode[] = [
    ...(access === 'open' ? [] : (['unauthenticated'] as const)),
    ...(access === 'open' || access === 'admin'
      ? []
      : (['permission_denied', 'organization_mismatch'] as const)),
    ...(body === undefined ? [] : (['request_timeout', 'body_too_large', 'unsupported_media_type'] as const)),
    ...(body === undefined ? [] : (['malformed_json'] as const)),
    ...(endpoint.keyed ? (['invalid_request', 'idempotency_conflict'] as const) : []),
    ...(endpoint.upgrades ? (['invalid_request'] as const) : []),
    ...(cursorOf === undefined ? [] : (['invalid_cursor'] as const)),
    'validation_failed',
    ...(endpoint.refusals ?? []),
    'internal',
  ];
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const { contentType } = surface.errors;
  const ref = contentType === 'application/json' ? 'Envelope' : 'Problem';
  const schema = contentType.startsWith('text/')
    ? { type: 'string', description: 'What was wrong, in one line.' }
    : { $ref: `#/components/schemas/${ref}` };
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      { description: of.join(', '), content: { [contentType]: { schema } } },
    ]),
  );
}

function errorSchemas(): Record<string, Doc> {
  const text = { type: 'string' };
  const code = { type: 'string', enum: Object.keys(PROBLEMS) };
  const fields = {
    type: 'array',
    items: { type: 'object', required: ['path', 'message'], properties: { path: text, message: text } },
  };
  return {
    Problem: {
      type: 'object',
      description: 'RFC 9457, with a code and the request’s id.',
      required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
      properties: {
        ...{
          type: text,
          title: text,
          status: { type: 'integer' },
          detail: text,
          code,
          request_id: text,
          errors: fields,
        },
        job_status: { ...text, description: 'Where a known job stands.' },
        revision: { type: 'integer' },
        control: { $ref: '#/components/schemas/Control' },
        oldest_cursor: { ...text, description: 'Where a reader whose cursor has expired can go on.' },
        oldest_at: { type: ['string', 'null'], description: 'The time of the oldest event behind it.' },
      },
    },
    Envelope: {
      type: 'object',
      required: ['data', 'error'],
      properties: {
        data: { type: 'null' },
        error: {
          type: 'object',
          required: ['code', 'message', 'details', 'request_id'],
          properties: { code, message: text, details: { type: 'object' }, request_id: text },
        },
      },
    },
  };
}

/**
 * A schema as JSON Schema 2020-12; the ones that bear a name go to the components. What a request may leave out bears no
 * `default` there, which makes code generators take the field as required: its description says it.
 */
function convert(schema: z.ZodType, io: 'input' | 'output', schemas: Map<string, Doc>): Doc {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, {
    ...{ io, unrepresentable: 'any', reused: 'inline' },
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
