import type * as z from 'zod';
import type { RejectionCode } from '../../src/domain/base/rejection';
import { pageOrigin } from '../../src/http/checks/page-origin';
import type { Endpoint } from '../../src/http/endpoint';
import { opensToCookies } from '../../src/http/presented-credential';
import { PROBLEM_JSON, PROBLEMS } from '../../src/http/problem';
import { routeTo } from '../../src/http/route';
import type { Surface } from '../../src/surfaces';
import { convert, type Doc, type Schemas } from './json-schema';
import { PARAMETER_DOCS } from './parameter-docs';

const PLAIN_TEXT = { required: false, content: { 'text/plain': { schema: { type: 'string' } } } };

/** One operation of the document, from its route. */
export function operation(surface: Surface, endpoint: Endpoint, schemas: Schemas): Doc {
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
function security(endpoint: Endpoint): Doc[] {
  const { access, orAdmin, token } = endpoint;
  if (access === 'open' || token?.from === 'path') return [];
  if (access === 'admin') return [{ adminToken: [] }];
  return [
    { apiKey: [] },
    ...kindsOf(endpoint).flatMap((kind) => [
      { [kind]: [] },
      ...(token?.from === 'query' ? [{ [`${kind}InQuery`]: [] }] : []),
    ]),
    ...(opensToCookies(endpoint) ? [{ session: [] }, { providerSession: [] }, { providerToken: [] }] : []),
    ...(orAdmin ? [{ adminToken: [] }] : []),
  ];
}

/** The kinds of tokens that open an endpoint. */
function kindsOf({ token }: Endpoint): string[] {
  if (token === undefined) return [];
  return [...(token.lists ? [] : ['jobToken']), ...(token.scope === 'report' ? [] : ['filterToken'])];
}

/** Of all that a cookie can open, what a page of another origin is refused. */
function fromPages(endpoint: Endpoint): RejectionCode[] {
  const question = pageOrigin.at(routeTo(endpoint.path, PROBLEM_JSON, [endpoint], endpoint));
  return question === null ? [] : [...pageOrigin.refuses];
}

function parameters(endpoint: Endpoint, schemas: Schemas): Doc {
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

function replies(endpoint: Endpoint, schemas: Schemas): Doc {
  const entries = Object.entries(endpoint.replies).map(([status, reply]) => {
    const { description, schema, headers, contentType = 'application/json', otherwise = {} } = reply;
    const others = Object.entries(otherwise).map(([type, one]) => {
      return [type, { schema: convert(one, 'output', schemas) }];
    });
    const content =
      schema === undefined
        ? {}
        : {
            content: {
              [contentType]: { schema: convert(schema, 'output', schemas) },
              ...Object.fromEntries(others),
            },
          };
    const described = Object.entries({ 'X-Request-Id': 'The request’s id.', ...headers }).map(
      ([name, text]) => {
        return [name, { description: text, schema: { type: 'string' } }];
      },
    );
    return [status, { description, headers: Object.fromEntries(described), ...content }];
  });
  return Object.fromEntries(entries);
}

/** What every refusal of a rate says. Source: RFC 9110 §10.2.3; draft-ietf-httpapi-ratelimit-headers-10. */
const RATE_HEADERS = Object.fromEntries(
  Object.entries({
    'Retry-After': 'In how many seconds to come again.',
    'RateLimit-Policy': 'The limit: `"creates";q=600;w=60` is 600 in 60 seconds.',
    RateLimit: 'Where you stand with it: `"creates";r=12;t=30` is 12 left, more in 30 seconds.',
  }).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
);

/** The refusals that an endpoint's access, body and query imply, and those it names itself, one entry a status. */
function refusals(surface: Surface, endpoint: Endpoint): Doc {
  const { access, body, cursorOf } = endpoint;
  const codes: RejectionCode[] = [
    'rate_limited',
    ...(access === 'open' ? [] : (['unauthenticated'] as const)),
    ...(access === 'open' || access === 'admin'
      ? []
      : ([
          ...(['permission_denied', 'organization_mismatch', 'organization_suspended'] as const),
          ...fromPages(endpoint),
        ] as const)),
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
      {
        description: of.join(', '),
        ...(status === 429 ? { headers: RATE_HEADERS } : {}),
        content: { [contentType]: { schema } },
      },
    ]),
  );
}
