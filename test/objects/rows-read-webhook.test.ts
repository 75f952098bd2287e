import type { Attempt, Message } from '../../src/domain/webhook/webhook';
import type { Arrival, Hook } from '../../src/objects/hook/contract';
import { HookStore, KEPT_ARRIVALS, KEPT_DIGESTS } from '../../src/objects/hook/hook-store';
import { DeliveryLog, SCAN } from '../../src/objects/webhook/delivery-log';
import { WebhookStore } from '../../src/objects/webhook/webhook-store';
import { holdsToBudgets, rowsTo } from '../support/rows-read';

const START = Date.UTC(2026, 0, 1);
const DELIVERED = 20_000;
const WAITING = 10_000;
/** What it costs a fresh store to see that it has its tables; once in the life of an instance. */
const LOOK = 8;
const N = DELIVERED - 7;
const MESSAGE: Message = { event_id: 'e', type: 'job.started', job_id: 'j', revision: 1, body: '{}' };
const TURN = { log_turn: 1, log_since: START, log_first: 1 };
const ATTEMPT: Attempt = { at: START, status: 200, duration_ms: 1, error: null, answer: '' };
/** A page that looks for what is not there: it looks at so many rows, and finds out where they end. */
const MISS = 2 * SCAN + 20;
const STANDING = { status: 'delivered', tries: 1, due_at: null } as const;

/** An endpoint with a full log, and as many retries as may wait. */
function fill(sql: SqlStorage): void {
  new WebhookStore(sql).begin({ 0: { seq: 1, origin: 0 } }, START);
  const attempts = JSON.stringify([{ at: START - 1_000 }]);
  sql.exec(
    `INSERT INTO delivery_1 (n, queued_at, event_id, type, job_id, revision, status, tries, attempts, delivered_at, body)
      ${rowsTo(DELIVERED, "n, n, printf('e%06d', n), 'job.progressed', 'j', n, 'delivered', 1, ?, n, '{}'")}`,
    attempts,
  );
  sql.exec(`INSERT INTO retry (at, n) ${rowsTo(WAITING, 'n, n')}`);
  sql.exec("UPDATE delivery_1 SET status = 'retrying', due_at = n WHERE n <= ?", WAITING);
  sql.exec('UPDATE state SET next_n = ?, settled_through = ?, log_turn = 1', DELIVERED + 1, DELIVERED - 50);
}

/** The state of an endpoint that was filled. */
function stateOf(store: WebhookStore) {
  const state = store.state();
  if (state === null) throw new Error('the endpoint has not begun');
  return state;
}

holdsToBudgets(DeliveryLog, {
  namespace: 'WEBHOOK',
  fill,
  open: (sql) => new DeliveryLog(sql),
  budgets: {
    turn: [
      { rows: 1, call: (log) => log.turn(TURN, DELIVERED, DELIVERED, START) },
      {
        rows: 3 * WAITING + 60,
        call: (log) => log.turn({ ...TURN, log_turn: 4 }, DELIVERED - 50, DELIVERED, START + 6 * 86_400_000),
        walks: {
          retry: 'all that waits moves along, once in five days, a row read for each that is written',
        },
      },
    ],
    add: { rows: 1, call: (log) => log.add(TURN, DELIVERED + 1, MESSAGE, START) },
    untried: { rows: 60, call: (log) => log.untried(DELIVERED - 50) },
    parcel: { rows: 4, call: (log) => log.parcel(N) },
    note: { rows: 10, call: (log) => log.note(N, ATTEMPT, STANDING) },
    reopen: { rows: 5, call: (log) => log.reopen(N, START) },
    page: [
      { rows: 60, call: (log) => log.page({}, N, 50) },
      { rows: MISS, call: (log) => log.page({ event_id: 'none' }, N, 50) },
      { rows: MISS, call: (log) => log.page({ job_id: 'none' }, N, 50) },
      { rows: MISS, call: (log) => log.page({ status: ['exhausted'] }, N, 50) },
    ],
  },
});

holdsToBudgets(WebhookStore, {
  namespace: 'WEBHOOK',
  fill,
  open: (sql) => new WebhookStore(sql),
  budgets: {
    log: 'no SQL',
    forget: 'no SQL',
    upgrade: { rows: 15, call: (store) => store.upgrade() },
    state: { rows: 10, call: (store) => store.state() },
    begin: { rows: 15, call: (store) => store.begin({}, START) },
    take: { rows: 15, call: (store) => store.take(stateOf(store), 0, 2, [MESSAGE], START) },
    queue: { rows: 15, call: (store) => store.queue(stateOf(store), () => MESSAGE, START) },
    settle: {
      rows: 20,
      call: (store) =>
        store.settle(N, { attempt: ATTEMPT, status: 'retrying', tries: 2, retryAt: START }, START),
    },
    isFailing: { rows: 10, call: (store) => [1, 2, 3].map(() => store.isFailing()) },
    failingSince: { rows: 2, call: (store) => store.failingSince(START) },
    disable: { rows: 2, call: (store) => store.disable(null) },
    lookAt: { rows: 2, call: (store) => store.lookAt(START) },
    ask: { rows: 2, call: (store) => store.ask({ n: WAITING, at: START, answered_at: null }) },
    asking: { rows: 10, call: (store) => store.asking(store.state()) },
    askingTrips: { rows: 10, call: (store) => store.askingTrips(START) },
    redeliver: [
      { rows: 15, call: (store) => store.redeliver(N, START) },
      { rows: 15, call: (store) => store.redeliver(WAITING, START) },
    ],
    bringForward: { rows: LOOK + 10, call: (store) => store.bringForward(START, START) },
    dueTrips: {
      rows: LOOK + 64 + 4 * 64,
      call: (store) => store.dueTrips(START),
      walks: { retry: 'in order, to the limit' },
    },
    retries: {
      rows: LOOK + 64,
      call: (store) => store.retries(64),
      walks: { retry: 'in order, to the limit' },
    },
    retryCount: {
      rows: LOOK + WAITING,
      call: (store) => [1, 2, 3].map(() => store.retryCount()),
      walks: { retry: 'they are counted once in the life of an instance' },
    },
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
    rotateUrl: { rows: 12, call: (store) => store.rotateUrl(HOOK), walks: { hook: 'one row' } },
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
