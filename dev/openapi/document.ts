import { OWN_COOKIE } from '../../src/http/presented-credential';
import { SURFACES, type Surface } from '../../src/surfaces';
import { webhooks } from './deliveries';
import { errorSchemas } from './error-schemas';
import { type Doc, Schemas } from './json-schema';
import { operation } from './operation';
import { type Shown, withExample } from './with-example';

const TITLES: Record<Surface['name'], string> = {
  native: 'Jobs: the full surface (contract A)',
  polling: 'Jobs: get and rerun (contract B)',
  monitoring: 'Jobs: list, get and cancel (contract C)',
  line: 'The one-line worker: plain text, with the token in the path',
  admin: 'The operator',
  open: 'The service',
};

/** Builds the OpenAPI 3.1 document from the table of routes, their schemas, and what a day of the service has recorded. */
export function buildDocument(version: string, shown: Shown): Doc {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Doc>> = {};
  for (const surface of SURFACES) {
    for (const endpoint of surface.endpoints) {
      const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
      paths[path] = {
        ...paths[path],
        [endpoint.method.toLowerCase()]: withExample(operation(surface, endpoint, schemas), shown),
      };
    }
  }
  return schemas.into({
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
        filterToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token for all jobs of a type, with a tag, or both: hwf_…',
        },
        filterTokenInQuery: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description: 'The same, where no header can be sent.',
        },
        session: {
          ...{ type: 'apiKey', in: 'cookie', name: OWN_COOKIE },
          description: 'A person who signed in with a key: `POST /api/session`.',
        },
        providerSession: {
          ...{ type: 'apiKey', in: 'cookie', name: 'stytch_session' },
          description: 'A person who signed in at a provider of sessions, where one is set up.',
        },
        providerToken: {
          ...{ type: 'apiKey', in: 'cookie', name: 'stytch_session_jwt' },
          description: 'The same by the JWT of that session, or of any issuer that is set up.',
        },
      },
      schemas: errorSchemas(),
    },
  });
}
