import type { Patch } from './patch.ts';

const REPORTERS = 'src/objects/job/reporters.ts';
const REPORTS = 'test/watch/reports.test.ts';
const LOST = 'test/watch/reports-lost.test.ts';

/** What would tell a worker on a socket something that is not so, or take from it what is not its to send. */
export const SOCKET_PATCHES: readonly Patch[] = [
  {
    name: 'acks before the disk',
    file: REPORTERS,
    find: 'const durable = await synced;',
    replace: 'const durable = true;',
    suite: LOST,
  },
  {
    name: 'acks before the commit',
    file: REPORTERS,
    find: 'this.#commits.add(units',
    replace:
      "socket.send(JSON.stringify({ first, answers: units.map(() => ({ outcome: 'done', applied: true, reason: null, revision: 1, last_sequence: null, verdicts: null, replayed: false })), job: null })); this.#commits.add(units",
    suite: LOST,
  },
  {
    name: 'acks before the index knows of an end',
    file: REPORTERS,
    find: 'await told.last?.published;',
    replace: '',
    suite: LOST,
  },
  {
    name: 'a sequence overtaken by what followed it',
    file: 'src/objects/job/commit.ts',
    find: 'if (line?.broken) {',
    replace: 'if (line === undefined) {',
    suite: LOST,
  },
  {
    name: 'a lost socket that nobody is told of',
    file: 'src/services/watching/report-channel.ts',
    find: 'else if (this.#sent > this.#answered) this.#lose(',
    replace: 'else if (this.#sent < 0) this.#lose(',
    suite: LOST,
  },
  {
    name: 'a frame’s key without its operation',
    file: 'src/services/watching/report-channel.ts',
    find: "unitKey(batch ? 'batch' : 'report', key)",
    replace: "unitKey('frame', key)",
    suite: LOST,
  },
  {
    name: 'reports from whoever watches',
    file: 'src/dialects/native/reports/socket-reports.ts',
    find: 'closedTo(this.#caller, this.#route) ?? readReports(',
    replace: 'readReports(',
    suite: REPORTS,
  },
  {
    name: 'a revoked token that reports on',
    file: REPORTERS,
    find: 'if (!this.#takes(line.tokens)) {',
    replace: 'if (line.tokens === -1) {',
    suite: REPORTS,
  },
  {
    name: 'a socket closed before its end is acknowledged',
    file: 'src/http/client-socket.ts',
    find: "if (value === 'ended') await correspondent.quiet();",
    replace: '',
    suite: REPORTS,
  },
  {
    name: 'idle sockets read at a commit',
    file: 'src/objects/job/watchers.ts',
    find: "if (this.#hub.count('watch') === 0) return;",
    replace:
      "if (!this.#ctx.getWebSockets('watch').some((socket) => socket.deserializeAttachment() !== null)) return;",
    suite: 'test/watch/idle.test.ts',
  },
  {
    name: 'a catch-up that ends where its first part does',
    file: 'src/objects/job/watchers.ts',
    find: 'if (!news.complete) this.#deliverLater();',
    replace: '',
    suite: 'test/watch/idle.test.ts',
  },
  {
    name: 'a part of a catch-up taken for the whole of it',
    file: 'src/objects/job/watchers.ts',
    find: "message.type === 'snapshot' || message.job !== null];",
    replace: 'true];',
    suite: 'test/watch/idle.test.ts',
  },
  {
    name: 'a client’s queue without its cap',
    file: 'src/http/unread.ts',
    find: 'unanswered > UNANSWERED || ',
    replace: '',
    suite: 'test/http/unread.test.ts',
  },
  {
    name: 'an isolate’s queues without their cap',
    file: 'src/http/unread.ts',
    find: 'if (sum > OVERDUE) most.overrun();',
    replace: '',
    suite: 'test/http/unread.test.ts',
  },
  {
    name: 'a long poll that outlasts its time while its job is away',
    file: 'src/services/watching/watch.ts',
    find: 'Math.min(this.#notBefore, until) - Date.now()',
    replace: 'this.#notBefore - Date.now()',
    suite: 'test/watch/long-poll.test.ts',
  },
];
