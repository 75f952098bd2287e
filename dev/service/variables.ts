/** The variables of the service, by name. What each means is in docs/self-host.md. */

/** The secrets no service starts without. */
export const SECRETS = ['ROOT_SECRET', 'ADMIN_TOKEN'] as const;

/** What may be set and has a default. */
export const VARIABLES = [
  'INDEX_SHARDS',
  'FEED_DAYS',
  'FEED_BYTES',
  'LOG_SAMPLE',
  'SNAPSHOT_MS',
  'OWN_HOSTS',
  'PUBLIC_URL',
  'WEBHOOK_HOSTS',
  'TRUST_PROXY',
  'SHIELD_LIMIT',
  'LIMITS',
  'PUBLISH_INTERVAL_MS',
  'UNWATCHED_INTERVAL_MS',
  'WEBHOOK_TIMEOUT_MS',
  'WEBHOOK_SCHEDULE_MS',
  'WEBHOOK_PACE_MS',
  'SESSION_API',
  'SESSION_PROJECT',
  'SESSION_SECRET',
  'SESSION_TIMEOUT_MS',
  'SESSION_ISSUER',
  'SESSION_AUDIENCE',
  'SESSION_JWKS',
  'SESSION_ORG_CLAIM',
  'SESSION_ROLES_CLAIM',
  'SESSION_ROLES',
  'SESSION_HEADER',
  'SESSION_ORIGINS',
  'OPEN_FILES',
] as const;

/** Those that the environment sets to something. */
export function variablesFromEnvironment(): Record<string, string> {
  const set = [...SECRETS, ...VARIABLES].map((name) => [name, process.env[name] ?? '']);
  return Object.fromEntries(set.filter(([, value]) => value !== ''));
}
