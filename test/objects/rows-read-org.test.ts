import type { ApiKey } from '../../src/domain/access/api-key';
import type { StoredWebhook } from '../../src/domain/webhook/webhook';
import { DirectoryStore } from '../../src/objects/directory/directory-store';
import type { Arrival, Hook } from '../../src/objects/hook/contract';
import { HookStore, KEPT_ARRIVALS, KEPT_DIGESTS } from '../../src/objects/hook/hook-store';
import { OrgStore } from '../../src/objects/org/org-store';
import { WebhookRegistry } from '../../src/objects/org/webhook-registry';
import { holdsToBudgets, rowsTo } from '../support/rows-read';

const PROFILE = { organization_id: 'o', name: 'O', salt: '00', created_at: 1 };
const KEY: ApiKey = { key_id: 'k', name: 'K', permissions: [], created_at: 1, revoked_at: null };
const WEBHOOK = { webhook_id: 'w', created_at: 1, secrets: [] } as unknown as StoredWebhook;

/** Keys are never deleted: an organization that changes them each hour has thousands. */
function fillOrganization(sql: SqlStorage): void {
  new OrgStore(sql).create(PROFILE);
  sql.exec(`INSERT INTO api_key ${rowsTo(5_000, "printf('k%06d', n), 'K', '00', '[]', n, NULL")}`);
  sql.exec(`INSERT INTO webhook ${rowsTo(20, "printf('w%06d', n), ?")}`, JSON.stringify(WEBHOOK));
  sql.exec(`INSERT INTO hook ${rowsTo(100, "printf('h%06d', n), n")}`);
}

holdsToBudgets(OrgStore, {
  namespace: 'ORG',
  fill: fillOrganization,
  open: (sql) => new OrgStore(sql),
  budgets: {
    profile: { rows: 10, call: (store) => store.profile() },
    create: { rows: 10, call: (store) => store.create({ ...PROFILE, organization_id: 'p' }) },
    addKey: { rows: 1, call: (store) => store.addKey(KEY, '00') },
    keys: { rows: 10_001, call: (store) => store.keys(), walks: { api_key: 'all are asked for' } },
    key: { rows: 1, call: (store) => store.key('k000007') },
    revoke: { rows: 2, call: (store) => store.revoke('k000007', 1) },
    hookIds: { rows: 220, call: (store) => store.hookIds(), walks: { hook: 'a hundred, all are asked for' } },
    addHook: { rows: 15, call: (store) => store.addHook('h', 1) },
    removeHook: { rows: 15, call: (store) => store.removeHook('h000007') },
  },
});

holdsToBudgets(WebhookRegistry, {
  namespace: 'ORG',
  fill: fillOrganization,
  open: (sql) => new WebhookRegistry(sql),
  budgets: {
    all: { rows: 30, call: (store) => store.all(), walks: { webhook: 'twenty, all are asked for' } },
    get: { rows: 10, call: (store) => store.get('w000007') },
    add: { rows: 15, call: (store) => store.add(WEBHOOK) },
    change: { rows: 12, call: (store) => store.change('w000007', () => ({ enabled: false })) },
    remove: { rows: 12, call: (store) => store.remove('w000007') },
  },
});

const HOOK: Hook = {
  ...{
    hook_id: 'h',
    name: 'H',
    salt: '00',
    verification: { scheme: 'none' } as unknown as Hook['verification'],
  },
  ...{ sealed_secret: null, mapping: {} as Hook['mapping'], created_at: 1, updated_at: 1 },
};
const ARRIVAL: Arrival = {
  ...{ at: 1, verdict: 'applied', status: 200, code: null, detail: null, errors: [], job_id: null },
  delivery_id: null,
};

holdsToBudgets(HookStore, {
  namespace: 'HOOK',
  fill: (sql) => {
    const store = new HookStore(sql);
    store.create(HOOK);
    for (let n = 0; n < KEPT_ARRIVALS; n++) {
      for (const proven of [true, false]) store.addArrival(ARRIVAL, proven);
    }
    store.firstSeen('d', 1, 1);
    sql.exec(`INSERT INTO seen ${rowsTo(KEPT_DIGESTS, "n + 1, printf('d%06d', n), n")}`);
  },
  open: (sql) => new HookStore(sql),
  budgets: {
    hook: { rows: 10, call: (store) => store.hook(), walks: { hook: 'one row' } },
    create: { rows: 10, call: (store) => store.create(HOOK) },
    update: { rows: 2, call: (store) => store.update(HOOK), walks: { hook: 'one row' } },
    forget: 'no SQL',
    addArrival: {
      rows: 110,
      call: (store) => {
        for (let n = 0; n < 5; n++) store.addArrival(ARRIVAL, true);
      },
      walks: { arrival: 'a hundred, once in an instance’s life' },
    },
    arrivals: {
      rows: 405,
      call: (store) => store.arrivals(),
      walks: { arrival: 'two hundred, all are asked for' },
    },
    firstSeen: { rows: 12, call: (store) => store.firstSeen('new', 20_000, 600) },
  },
});

holdsToBudgets(DirectoryStore, {
  namespace: 'DIRECTORY',
  fill: (sql) => {
    new DirectoryStore(sql).put({ organization_id: 'a', name: 'A', created_at: 1 });
    sql.exec(`INSERT INTO organization ${rowsTo(2_000, "printf('o%06d', n), 'O', n")}`);
  },
  open: (sql) => new DirectoryStore(sql),
  budgets: {
    put: { rows: 10, call: (store) => store.put({ organization_id: 'b', name: 'B', created_at: 1 }) },
    forget: 'no SQL',
    list: { rows: 2_020, call: (store) => store.list(), walks: { organization: 'all are asked for' } },
  },
});
