import type { Patch } from './patch.ts';

const SESSIONS = 'test/access/sessions.test.ts';
const SECRETS = 'test/attack/other-secrets.test.ts';
const CODES = 'test/access/sign-in-codes.test.ts';
const ROUTES = 'src/dialects/native/sessions/routes.ts';

/** What would sign somebody in who is not who they say, for longer than their key lasts, or for a page of others. */
export const SIGN_IN_PATCHES: readonly Patch[] = [
  {
    name: 'a code that signs in twice',
    file: 'src/objects/org/org-sessions.ts',
    find: "if (opened !== null && !('code' in opened)) this.#codes.remove(code_id);",
    replace: '',
    suite: CODES,
  },
  {
    name: 'a code that signs in when it is old',
    file: 'src/objects/org/sign-in-code-store.ts',
    find: 'WHERE code_id = ? AND expires_at > ?',
    replace: 'WHERE code_id = ? AND ? > 0',
    suite: CODES,
  },
  {
    name: 'a code by its id, whatever its secret',
    file: 'src/objects/org/org-sessions.ts',
    find: 'if (code === null || code.digest !== digest) return null;',
    replace: 'if (code === null) return null;',
    suite: SECRETS,
  },
  {
    name: 'a sign-in by its id, whatever its secret',
    file: 'src/objects/org/org-sessions.ts',
    find: 'if (session === null || session.digest !== digest) return null;',
    replace: 'if (session === null) return null;',
    suite: SECRETS,
  },
  {
    name: 'a filter token by its id, whatever its secret',
    file: 'src/objects/org/org-filter-tokens.ts',
    find: 'if (token === null || token.digest !== digest) return null;',
    replace: 'if (token === null) return null;',
    suite: SECRETS,
  },
  {
    name: 'a key by its id, whatever its secret',
    file: 'src/objects/org/org-keys.ts',
    find: 'return digest === key.older_digest ? (key.older_secret_until ?? 0) : 0;',
    replace: 'return digest === key.older_digest ? (key.older_secret_until ?? 0) : null;',
    suite: SECRETS,
  },
  {
    name: 'a page of another origin that signs a browser in',
    file: ROUTES,
    find: 'if (isFromElsewhere({ url: incoming.url, headers: incoming.headers, config })) {',
    replace: 'if (isFromElsewhere({ url: incoming.url, headers: new Headers(), config })) {',
    suite: CODES,
  },
  {
    name: 'a sign-in that may do what its key may not',
    file: 'src/services/access/authenticate-session.ts',
    find: 'const terms = { permissions, salt, job_types, until, limits, shards };',
    replace: 'const terms = { permissions, salt, job_types: job_types && null, until, limits, shards };',
    suite: SESSIONS,
  },
  {
    name: 'a sign-in that outlives the secret that it was made with',
    file: 'src/objects/org/session-registry.ts',
    find: '\n    AND (key_digest = api_key.digest OR (key_digest = older_digest AND older_until > ?1))',
    replace: '',
    suite: SESSIONS,
  },
  {
    name: 'a sign-in remembered as a bearer, and a key as a cookie',
    file: 'src/services/access/authenticate.ts',
    find: 'const cache = caches[kind];',
    replace: "const cache = caches[kind === 'maker' ? kind : 'api-key'];",
    suite: SESSIONS,
  },
  {
    name: 'sign-ins that a rotation has ended, counted as ones that stand',
    file: 'src/objects/org/session-registry.ts',
    find: 'WHERE api_key.key_id = session.key_id AND',
    replace: 'WHERE api_key.key_id = session.key_id OR',
    suite: SESSIONS,
  },
  {
    name: 'a sign-in of another key that one without key:manage ends',
    file: 'src/objects/org/org-sessions.ts',
    find: 'if (session === null || (keyId !== null && session.key_id !== keyId)) return false;',
    replace: 'if (session === null) return false;',
    suite: SESSIONS,
  },
  {
    name: 'a cookie that a page can read',
    file: ROUTES,
    find: "    'HttpOnly',\n",
    replace: '',
    suite: SESSIONS,
  },
  {
    name: 'a page of another origin that acts by a browser’s cookie',
    file: 'src/http/checks/page-origin.ts',
    find: 'if (!exchange.ambient || !isFromElsewhere(exchange)) return null;',
    replace: 'if (exchange.ambient || !isFromElsewhere(exchange)) return null;',
    suite: 'test/attack/cookie-matrix.test.ts',
  },
  {
    name: 'the secret before that opens its key for ever',
    file: 'src/objects/org/org-keys.ts',
    find: 'until === null || now < until ? this.grant(',
    replace: 'until !== 0 ? this.grant(',
    suite: 'test/access/keys.test.ts',
  },
  {
    name: 'a page whose stream was refused left without one',
    file: 'src/dashboard/live/shared-events.ts',
    find: '    else this.retry(error);\n',
    replace: '',
    suite: 'test/dev/dashboard-tabs.test.ts',
  },
  {
    name: 'a list that says it is as of now after a night’s sleep',
    file: 'src/dashboard/live/freshness.ts',
    find: ' && Date.now() - this.heardAt.peek() < AWAKE',
    replace: '',
    suite: 'test/dev/dashboard-list.test.ts',
  },
];
