import type { Migration } from '../kit/migrate';

export const ORG_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-profile-and-keys',
    statements: [
      `CREATE TABLE profile (
        organization_id TEXT NOT NULL, name TEXT NOT NULL, salt TEXT NOT NULL, created_at INTEGER NOT NULL
      ) STRICT`,
      `CREATE TABLE api_key (
        key_id TEXT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, permissions TEXT NOT NULL,
        created_at INTEGER NOT NULL, revoked_at INTEGER
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    id: '0002-webhooks',
    statements: [
      'CREATE TABLE webhook (webhook_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID',
    ],
  },
  {
    id: '0003-hooks',
    statements: [
      `CREATE TABLE hook (hook_id TEXT PRIMARY KEY, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    id: '0004-terms-of-keys',
    statements: [
      'ALTER TABLE api_key ADD COLUMN expires_at INTEGER',
      'ALTER TABLE api_key ADD COLUMN job_types TEXT',
      'ALTER TABLE api_key ADD COLUMN created_by TEXT',
      'ALTER TABLE api_key ADD COLUMN last_used_at INTEGER',
      'ALTER TABLE api_key ADD COLUMN older_digest TEXT',
      'ALTER TABLE api_key ADD COLUMN older_until INTEGER',
      'CREATE INDEX api_key_by_age ON api_key (created_at, key_id)',
      'CREATE INDEX api_key_alive ON api_key (expires_at) WHERE revoked_at IS NULL',
      'ALTER TABLE hook ADD COLUMN created_by TEXT',
    ],
  },
  {
    id: '0005-sessions',
    statements: [
      `CREATE TABLE session (
        session_id TEXT PRIMARY KEY, key_id TEXT NOT NULL, digest TEXT NOT NULL, key_digest TEXT NOT NULL,
        created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX session_by_age ON session (created_at, session_id)',
    ],
  },
  {
    id: '0006-standing-and-limits',
    statements: [
      'ALTER TABLE profile ADD COLUMN suspended_at INTEGER',
      'ALTER TABLE profile ADD COLUMN resumed_at INTEGER',
      'ALTER TABLE profile ADD COLUMN closed_at INTEGER',
      'ALTER TABLE profile ADD COLUMN limits TEXT',
    ],
  },
  {
    id: '0007-filter-tokens',
    statements: [
      `CREATE TABLE filter_token (
        token_id TEXT PRIMARY KEY, key_id TEXT NOT NULL, digest TEXT NOT NULL, scope TEXT NOT NULL,
        job_type TEXT, tag TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX filter_token_by_age ON filter_token (created_at, token_id)',
    ],
  },
  {
    id: '0008-sign-in-codes',
    statements: [
      `CREATE TABLE sign_in_code (
        code_id TEXT PRIMARY KEY, digest TEXT NOT NULL, key_id TEXT NOT NULL, key_digest TEXT NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  { id: '0009-shards', statements: ['ALTER TABLE profile ADD COLUMN shards TEXT'] },
];

/** How often each credential was refused in the running hour; made by the first row that needs it. */
export const REFUSAL_TABLE = `CREATE TABLE refusal (
  hour INTEGER NOT NULL, actor TEXT NOT NULL, who TEXT NOT NULL, told INTEGER NOT NULL, counted INTEGER NOT NULL,
  PRIMARY KEY (hour, actor)
) STRICT, WITHOUT ROWID`;
