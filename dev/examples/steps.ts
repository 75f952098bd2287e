/** A day of a service, request by request: each operation's example is the first request to it that is not `beside`. */

export interface Step {
  op: string;
  /** A JSON body, or a text. */
  body?: unknown;
  text?: string;
  query?: string;
  /** What stands in its path where that is not the variable of the parameter's own name. */
  at?: Record<string, string>;
  /** What is kept of its answer under the name of a variable: the path to it. */
  keep?: Record<string, string>;
  /** Headers and options of curl. */
  with?: readonly string[];
  /** It shows the cookie of a sign-in, and no key. */
  byCookie?: true;
  /** It is there for those after it. */
  beside?: true;
  /** Its answer goes on: so many seconds of it are enough. */
  seconds?: number;
}

const ALL = [
  'job:create',
  'job:read',
  'job:cancel',
  'webhook:manage',
  'key:manage',
  'audit:read',
  'metrics:read',
];
/** Where deliveries go in what is printed. */
export const RECEIVER = 'https://hooks.example.com/headway';
const JOB = { job_type: 'import', total_items: 200, name: 'Prices', tags: ['nightly'] };
const ERROR = { entity_type: 'row', entity_key: '17', error_type: 'price_missing', message: 'No price' };
const WARNING = {
  entity_type: 'row',
  entity_key: '130',
  error_type: 'price_old',
  message: 'A price of 2019',
};

const OPERATOR: Step[] = [
  {
    op: 'createOrganization',
    body: { organization_id: 'acme', name: 'Acme' },
    keep: { ORGANIZATION_ID: 'organization_id' },
  },
  {
    op: 'createOrganizationKey',
    body: { name: 'Imports', permissions: ALL },
    keep: { HEADWAY_API_KEY: 'api_key', KEY_ID: 'key_id' },
  },
  { op: 'listOrganizations' },
  { op: 'getOrganization' },
  { op: 'changeOrganization', body: { external_id: 'organization-live-1' } },
  { op: 'listOrganizationKeys' },
  { op: 'getOrganizationKey' },
  { op: 'changeOrganizationKey', body: { name: 'Nightly imports' } },
  {
    op: 'createOrganizationKey',
    body: { name: 'Old', permissions: ['job:read'] },
    keep: { OLD_KEY: 'key_id' },
    beside: true,
  },
  { op: 'rotateOrganizationKey', body: { grace_period: 3_600 }, at: { key_id: 'OLD_KEY' } },
  { op: 'revokeOrganizationKey', at: { key_id: 'OLD_KEY' } },
];

const FILTERS: Step[] = [
  { op: 'createFilterToken', body: { scope: 'read', filter: { tag: 'nightly' } } },
  { op: 'listFilterTokens', keep: { TOKEN_ID: 'tokens.0.token_id' } },
  { op: 'revokeFilterToken' },
];

const KEYS: Step[] = [
  { op: 'createKey', body: { name: 'Reader', permissions: ['job:read'] }, keep: { READER: 'key_id' } },
  { op: 'listKeys' },
  { op: 'getKey', at: { key_id: 'READER' } },
  { op: 'changeKey', at: { key_id: 'READER' }, body: { name: 'Readers' } },
  { op: 'rotateKey', at: { key_id: 'READER' }, body: { grace_period: 86_400 } },
  { op: 'revokeKey', at: { key_id: 'READER' } },
];

const JOBS: Step[] = [
  {
    op: 'createJob',
    body: JOB,
    keep: { JOB_ID: 'job_id' },
    with: ["-H 'Idempotency-Key: prices-2026-11-22'"],
  },
  {
    op: 'reportProgress',
    body: {
      processed_items: 40,
      stage: 'loading',
      message: 'Loading prices',
      reporter: 'worker-1',
      sequence: 1,
    },
  },
  {
    op: 'reportBatch',
    body: { reports: [{ processed_delta: 10 }, { failed_delta: 1, error: ERROR }, { warning: WARNING }] },
  },
  { op: 'heartbeat' },
  { op: 'getJob' },
  { op: 'pollJob', at: { id: 'JOB_ID' } },
  { op: 'monitorJob', at: { id: 'JOB_ID' } },
  { op: 'listJobs', query: 'status=in_progress&limit=20' },
  { op: 'getJobStats' },
  { op: 'exportJobs', query: 'format=csv&tag=nightly', with: ['-o jobs.csv'] },
  { op: 'monitorJobs', query: 'status=running&category=sync&limit=20' },
  {
    op: 'createJob',
    with: [
      "-H 'Content-Type: application/json'",
      String.raw`-d "{\"job_type\": \"import\", \"total_items\": 50, \"parent_job_id\": \"$JOB_ID\"}"`,
    ],
    beside: true,
  },
  { op: 'listChildren', query: 'limit=20' },
  { op: 'listErrors' },
  { op: 'listWarnings' },
  { op: 'listLogs', query: 'limit=20' },
  { op: 'listEvents' },
  { op: 'listFeed', query: 'types=job.created' },
  { op: 'streamFeed', query: 'types=job.created', with: ['-N'], seconds: 2 },
  { op: 'streamJob', with: ['-N'], seconds: 2 },
  { op: 'drawBadge' },
  { op: 'drawTypeBadge', at: { badge: '=import.svg' } },
  { op: 'drawProgress' },
  { op: 'createToken', body: { scope: 'report', allow_get: true }, keep: { TOKEN: 'token' } },
];

/** Each acts on a job of its own, since some of them end it. */
const LINES: Step[] = [
  ['line', '50/200 uploading'],
  ['lineStart', 'Prices of the day'],
  ['lineWarn', 'A price of 2019'],
  ['lineError', 'No price in row 17'],
  ['lineDone', '200/200'],
  ['lineFail', 'The disk is full'],
  ['lineExit', 'killed'],
  ['lineExitUnknown', 'The last lines of the output'],
].flatMap(([op = '', text = '']) =>
  ['', 'ByPut', 'ByGet'].flatMap((how): Step[] => [
    { op: 'createJob', body: JOB, keep: { LINE_JOB: 'job_id' }, beside: true },
    {
      op: 'createToken',
      at: { job_id: 'LINE_JOB' },
      body: { scope: 'report', allow_get: true },
      keep: { TOKEN: 'token' },
      beside: true,
    },
    how === 'ByGet'
      ? { op: `${op}${how}`, query: `text=${encodeURIComponent(text)}`, at: { code: '=1' } }
      : { op: `${op}${how}`, text, at: { code: '=1' } },
  ]),
);

const ENDS: Step[] = [
  { op: 'cancelJob', body: { reason: 'Obsolete' } },
  { op: 'revokeTokens' },
  { op: 'rerunJob', body: { items: 'failed' }, keep: { RERUN: 'job_id' } },
  { op: 'listItems', at: { job_id: 'RERUN' } },
  { op: 'monitorCancel', at: { id: 'RERUN' } },
  { op: 'pollRerun', at: { id: 'JOB_ID' } },
  { op: 'deleteJob' },
  { op: 'cancelJobs', body: { filter: { job_type: 'import', status: ['pending'] }, reason: 'Obsolete' } },
  { op: 'rerunJobs', body: { filter: { tag: ['nightly'], status: ['failed'] }, items: 'failed' } },
  { op: 'deleteJobs', body: { filter: { created_before: '2026-01-01T00:00:00Z' }, dry_run: true } },
];

const WEBHOOKS: Step[] = [
  {
    op: 'createWebhook',
    body: { url: RECEIVER, event_types: ['job.completed', 'job.failed'], description: 'The bot' },
    keep: { WEBHOOK_ID: 'webhook_id' },
  },
  { op: 'listWebhooks' },
  { op: 'getWebhook' },
  { op: 'changeWebhook', body: { event_types: ['job.failed'] } },
  { op: 'rotateWebhook' },
  { op: 'testWebhook' },
  { op: 'listDeliveries', keep: { DELIVERY_ID: 'deliveries.0.delivery_id' } },
  { op: 'redeliver' },
  { op: 'deleteWebhook' },
];

const HOOKS: Step[] = [
  {
    op: 'testNewHook',
    body: {
      hook: {
        name: 'catalogue',
        verification: { scheme: 'token' },
        mapping: { action: 'create', from: { name: '/feed' }, set: { job_type: 'import', total_items: 200 } },
      },
      body: '{"feed": "north"}',
    },
  },
  {
    op: 'createHook',
    body: {
      name: 'catalogue',
      verification: { scheme: 'token' },
      mapping: { action: 'create', from: { name: '/feed' }, set: { job_type: 'import', total_items: 200 } },
    },
    keep: { HOOK_ID: 'hook_id', HOOK_URL: 'url' },
  },
  { op: 'listHooks' },
  { op: 'getHook' },
  { op: 'testHook', body: { feed: 'north' } },
  { op: 'receiveDelivery', body: { feed: 'north' } },
  { op: 'listHookArrivals' },
  {
    op: 'updateHook',
    body: { mapping: { action: 'create', set: { job_type: 'import', total_items: 100 } } },
  },
  { op: 'rotateHook', body: { grace_period: 3600 } },
  { op: 'deleteHook' },
];

const PEOPLE: Step[] = [
  { op: 'getMe' },
  { op: 'signIn', with: ['-c cookies'] },
  { op: 'listSessions', keep: { SESSION_ID: 'sessions.0.session_id' } },
  { op: 'endSession' },
  { op: 'signIn', with: ['-c cookies'], beside: true },
  { op: 'createSignInCode', keep: { CODE: 'code' } },
  {
    op: 'signInByCode',
    with: ['-c cookies', "-H 'Content-Type: application/json'", String.raw`-d "{\"code\": \"$CODE\"}"`],
  },
  { op: 'signOut', byCookie: true, with: ['-b cookies'] },
];

const FAREWELL: Step[] = [
  { op: 'listAudit', query: 'limit=3' },
  { op: 'getUsage' },
  { op: 'verifyIndex' },
  { op: 'getMetrics' },
  { op: 'suspendOrganization' },
  { op: 'resumeOrganization' },
  { op: 'deleteOrganization' },
];

const SERVICE: Step[] = [
  { op: 'health' },
  { op: 'openapi' },
  { op: 'pythonClient' },
  { op: 'npmPackage' },
  { op: 'browserClient' },
  { op: 'commandLine' },
  { op: 'jobElement' },
  { op: 'confirmStyle' },
];

export const STEPS: readonly Step[] = [
  ...OPERATOR,
  ...KEYS,
  ...JOBS,
  // While none ends: the endpoint is sent its test alone.
  ...WEBHOOKS,
  ...LINES,
  ...ENDS,
  ...FILTERS,
  ...HOOKS,
  ...PEOPLE,
  ...SERVICE,
  ...FAREWELL,
];
