import { KEY_SESSION_LIMIT } from '../../src/domain/access/session';
import { SERVICE } from '../../src/domain/audit/audit-record';
import type { StoredWebhook } from '../../src/domain/webhook/webhook';
import type { DeletionPlace } from '../../src/objects/directory/contract';
import { DeletionStore } from '../../src/objects/directory/deletion-store';
import { DirectoryStore } from '../../src/objects/directory/directory-store';
import { Tables } from '../../src/objects/kit/tables';
import { FilterTokenRegistry } from '../../src/objects/org/filter-token-registry';
import { KeyRegistry } from '../../src/objects/org/key-registry';
import { OrgStore } from '../../src/objects/org/org-store';
import { RefusalStore } from '../../src/objects/org/refusal-store';
import { SessionRegistry } from '../../src/objects/org/session-registry';
import { SignInCodeStore } from '../../src/objects/org/sign-in-code-store';
import { WebhookRegistry } from '../../src/objects/org/webhook-registry';
import { holdsToBudgets, rowsTo } from '../support/rows-read';

const PROFILE = { organization_id: 'o', name: 'O', salt: '00', created_at: 1 };
const STANDING = { suspended_at: 1, resumed_at: null, closed_at: null, limits: { jobs: 7 } };
const TERMS = { permissions: [], job_types: null, expires_at: null };
const KEY = { ...TERMS, key_id: 'k', name: 'K', digest: '00', created_at: 1, created_by: null };
const WEBHOOK = { webhook_id: 'w', created_at: 1, secrets: [] } as unknown as StoredWebhook;

/** Keys were never deleted: an organization that changed them each hour has thousands, all of them revoked. */
function fillOrganization(sql: SqlStorage): void {
  new OrgStore(sql).create(PROFILE);
  const columns = 'key_id, name, digest, permissions, created_at, revoked_at';
  sql.exec(`INSERT INTO api_key (${columns}) ${rowsTo(5_000, "printf('k%06d', n), 'K', '00', '[]', n, n")}`);
  sql.exec(`INSERT INTO api_key (${columns}) ${rowsTo(100, "printf('a%06d', n), 'K', '00', '[]', n, NULL")}`);
  sql.exec(`INSERT INTO webhook ${rowsTo(20, "printf('w%06d', n), ?")}`, JSON.stringify(WEBHOOK));
  sql.exec(`INSERT INTO hook (hook_id, created_at) ${rowsTo(100, "printf('h%06d', n), n")}`);
}

holdsToBudgets(OrgStore, {
  namespace: 'ORG',
  fill: fillOrganization,
  open: (sql) => new OrgStore(sql),
  budgets: {
    profile: { rows: 15, call: (store) => store.profile() },
    create: { rows: 15, call: (store) => store.create({ ...PROFILE, organization_id: 'p' }) },
    hookIds: { rows: 220, call: (store) => store.hookIds(), walks: { hook: 'a hundred, all are asked for' } },
    hookPage: {
      rows: 220,
      call: (store) => store.hookPage({ created_at: 50, hook_id: '' }, 10),
      walks: { hook: 'a hundred, and few ask for less than all' },
    },
    save: { rows: 15, call: (store) => store.save({ ...PROFILE, ...STANDING }) },
    addHook: { rows: 15, call: (store) => store.addHook('h', 1) },
    hooksMadeBy: {
      rows: 230,
      call: (store) => store.hooksMadeBy(['k']),
      walks: { hook: 'a hundred, a key is revoked seldom' },
    },
    removeHook: { rows: 15, call: (store) => store.removeHook('h000007') },
  },
});

const ACTOR = { type: 'key' as const, id: 'k', name: 'K' };

holdsToBudgets(RefusalStore, {
  namespace: 'ORG',
  fill: (sql) => {
    fillOrganization(sql);
    const store = new RefusalStore(sql, new Tables(sql));
    for (let n = 0; n < 2_000; n++) store.count({ ...ACTOR, id: `k${n}` }, 0, 1);
  },
  open: (sql) => new RefusalStore(sql, new Tables(sql)),
  budgets: {
    count: { rows: 20, call: (store) => store.count(ACTOR, 1, 1) },
    takeEnded: { rows: 20, call: (store) => store.takeEnded(1) },
    end: { rows: 20, call: (store) => store.end() },
  },
});

holdsToBudgets(KeyRegistry, {
  namespace: 'ORG',
  fill: fillOrganization,
  open: (sql) => new KeyRegistry(sql),
  budgets: {
    add: { rows: 20, call: (store) => store.add(KEY) },
    get: { rows: 20, call: (store) => store.get('k000007') },
    page: { rows: 130, call: (store) => store.page({ created_at: 2_500, key_id: '' }, 50) },
    alive: {
      rows: 130,
      call: (store) => store.alive(1),
      walks: { api_key: 'an index of those that were not revoked' },
    },
    forgetDead: {
      rows: 6_000,
      call: (store) => store.forgetDead(1),
      walks: { api_key: 'as far as those that are kept, and a hundred more' },
    },
    change: { rows: 20, call: (store) => store.change('k000007', { ...TERMS, name: 'K' }) },
    rotate: { rows: 20, call: (store) => store.rotate({ key_id: 'k000007', digest: '00' }, '01', 1) },
    revoke: { rows: 5, call: (store) => store.revoke('k000007', 1) },
    used: { rows: 20, call: (store) => store.used('k000007', 1) },
    madeByKeys: {
      rows: 5_130,
      call: (store) => store.madeByKeys(1),
      walks: { api_key: 'some thousands once in an old organization, and a key is revoked seldom' },
    },
  },
});

holdsToBudgets(SessionRegistry, {
  namespace: 'ORG',
  fill: (sql) => {
    fillOrganization(sql);
    sql.exec(`UPDATE api_key SET revoked_at = NULL WHERE key_id = 'k000007'`);
    sql.exec(`INSERT INTO session ${rowsTo(1_000, "printf('s%06d', n), 'k000007', '00', '00', n, 9")}`);
  },
  open: (sql) => new SessionRegistry(sql),
  budgets: {
    add: {
      rows: 20,
      call: (store) =>
        store.add({ session_id: 's', key_id: 'k', digest: '', key_digest: '', created_at: 1, expires_at: 9 }),
    },
    get: { rows: 20, call: (store) => store.get('s000007', 1) },
    page: { rows: 220, call: (store) => store.page({ created_at: 500, session_id: '' }, 50, null, 1) },
    counts: {
      rows: 1_020,
      call: (store) => store.counts('k000007'),
      walks: { session: 'a thousand at most, and people sign in seldom' },
    },
    remove: { rows: 20, call: (store) => store.remove('s000007') },
    removeOfKey: {
      rows: 1_020,
      call: (store) => store.removeOfKey('k000008'),
      walks: { session: 'a thousand at most, and a key is revoked seldom' },
    },
    removeEnded: {
      rows: 2_020,
      call: (store) => store.removeEnded(1),
      walks: { session: 'a thousand at most, and people sign in seldom' },
    },
  },
});

const CODE = { code_id: 'c', digest: '', key_id: 'k000007', key_digest: '' };
const CODES = 'a hundred of a key at most, each for ten minutes';

holdsToBudgets(SignInCodeStore, {
  namespace: 'ORG',
  fill: (sql) => {
    fillOrganization(sql);
    sql.exec(
      `INSERT INTO sign_in_code ${rowsTo(KEY_SESSION_LIMIT, "printf('c%06d', n), '00', 'k000007', '00', n")}`,
    );
  },
  open: (sql) => new SignInCodeStore(sql),
  budgets: {
    add: { rows: 20, call: (codes) => codes.add(CODE, 9) },
    get: { rows: 20, call: (codes) => codes.get('c000007', 1) },
    count: { rows: 120, call: (codes) => codes.count('k000007'), walks: { sign_in_code: CODES } },
    remove: { rows: 20, call: (codes) => codes.remove('c000007') },
    removeOfKey: { rows: 220, call: (codes) => codes.removeOfKey('k000007'), walks: { sign_in_code: CODES } },
    removeEnded: { rows: 220, call: (codes) => codes.removeEnded(99), walks: { sign_in_code: CODES } },
  },
});

const TOKEN = {
  ...{ token_id: 't', key_id: 'k', digest: '', scope: 'read' as const, created_at: 1, expires_at: 9 },
  filter: { job_type: null, tag: 'wall' },
};

holdsToBudgets(FilterTokenRegistry, {
  namespace: 'ORG',
  fill: (sql) => {
    fillOrganization(sql);
    sql.exec(`UPDATE api_key SET revoked_at = NULL WHERE key_id = 'k000007'`);
    const columns = "printf('t%06d', n), 'k000007', '00', 'read', NULL, 'wall', n, 9";
    sql.exec(`INSERT INTO filter_token ${rowsTo(1_000, columns)}`);
  },
  open: (sql) => new FilterTokenRegistry(sql),
  budgets: {
    add: { rows: 20, call: (tokens) => tokens.add(TOKEN) },
    get: { rows: 20, call: (tokens) => tokens.get('t000007', 1) },
    page: { rows: 220, call: (tokens) => tokens.page({ created_at: 500, token_id: '' }, 50, null, 1) },
    standing: {
      rows: 2_130,
      call: (tokens) => tokens.standing(1),
      walks: { filter_token: 'a thousand by default, and usage is asked seldom' },
    },
    count: {
      rows: 1_020,
      call: (tokens) => tokens.count(),
      walks: { filter_token: 'a thousand at most, and tokens are made seldom' },
    },
    remove: { rows: 20, call: (tokens) => tokens.remove('t000007') },
    removeEnded: {
      rows: 2_130,
      call: (tokens) => tokens.removeEnded(1),
      walks: {
        filter_token: 'a thousand at most, and tokens are made seldom',
        api_key: 'an index of those that were not revoked',
      },
    },
  },
});

holdsToBudgets(WebhookRegistry, {
  namespace: 'ORG',
  fill: fillOrganization,
  open: (sql) => new WebhookRegistry(sql),
  budgets: {
    all: { rows: 35, call: (store) => store.all(), walks: { webhook: 'twenty, all are asked for' } },
    get: { rows: 15, call: (store) => store.get('w000007') },
    add: { rows: 15, call: (store) => store.add(WEBHOOK) },
    change: { rows: 18, call: (store) => store.change('w000007', () => ({ enabled: false })) },
    remove: { rows: 18, call: (store) => store.remove('w000007') },
  },
});

const ENTRY = { organization_id: 'o000100', name: 'O', created_at: 1 };

function fillDirectory(sql: SqlStorage): void {
  new DirectoryStore(sql).put({ organization_id: 'a', name: 'A', created_at: 1 });
  const columns = 'organization_id, name, created_at';
  sql.exec(`INSERT INTO organization (${columns}) ${rowsTo(2_000, "printf('o%06d', n), 'O', n")}`);
  sql.exec(`INSERT INTO external_id ${rowsTo(2_000, "printf('e%06d', n), printf('o%06d', n)")}`);
  const gone = "printf('o%06d', n + 1000), 'O', n, n, CASE WHEN n > 1010 THEN NULL ELSE n END, '{}'";
  sql.exec(`INSERT INTO deletion ${rowsTo(1_020, gone)}`);
  sql.exec(`INSERT INTO deletion_request ${rowsTo(1_020, "printf('o%06d', n + 1000), '{}'")}`);
}

holdsToBudgets(DeletionStore, {
  namespace: 'DIRECTORY',
  fill: fillDirectory,
  open: (sql) => new DeletionStore(sql, new Tables(sql)),
  budgets: {
    begin: { rows: 10, call: (store) => store.begin(ENTRY, 1, SERVICE) },
    get: { rows: 12, call: (store) => store.get('o001100') },
    underWay: {
      rows: 40,
      call: (store) => store.underWay(100),
      walks: { deletion: 'an index of those under way alone' },
    },
    save: { rows: 10, call: (store) => store.save('o001100', {} as DeletionPlace, null) },
  },
});

holdsToBudgets(DirectoryStore, {
  namespace: 'DIRECTORY',
  fill: fillDirectory,
  open: (sql) => new DirectoryStore(sql),
  budgets: {
    put: { rows: 10, call: (store) => store.put({ organization_id: 'b', name: 'B', created_at: 1 }) },
    page: { rows: 180, call: (store) => store.page('o001500', 50) },
    get: { rows: 10, call: (store) => store.get('o000100') },
    change: { rows: 15, call: (store) => store.change(ENTRY, { suspended_at: 1 }) },
    remove: { rows: 10, call: (store) => store.remove('o000101') },
    organizationWith: { rows: 10, call: (store) => store.organizationWith('e000100') },
    setExternalId: { rows: 12, call: (store) => store.setExternalId('o000100', 'another') },
  },
});
