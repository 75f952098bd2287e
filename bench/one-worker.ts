/** One worker that has many reports to send and goes on when they are durable: here in batches and by the client, there as each peer can. */
import { mkdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { Headway } from '../src/client/index.ts';
import { Connection } from './connection.ts';
import type { Contestant, Entrant } from './contestant.ts';
import { LineUp } from './line-up.ts';
import { BATCH, batchTo, createJobs } from './measures.ts';
import type { Peer } from './peers/peer.ts';
import { untilQuiet } from './quiet.ts';

export interface WorkerPlan {
  rounds: number;
  /** How long a worker sends (s). */
  seconds: number;
}

export interface WorkerRun {
  contestant: string;
  way: string;
  /**
   * Whether it waits for each report, which is how a library is used where each is a request; for many at once; or for none
   * until its end, which is how our client is used: what is said meanwhile is summed.
   */
  manner: 'one' | 'many' | 'end';
  /** A round each. */
  perSecond: number[];
}

/** Measures all in turn, round by round, the others held still; `tell` hears of each. */
export async function measureWorkers(
  service: Entrant,
  peers: readonly Entrant<Peer>[],
  folder: string,
  { rounds, seconds }: WorkerPlan,
  tell: (line: string) => void,
): Promise<WorkerRun[]> {
  // PostgreSQL is another user, whose folder is in here.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const lineUp = new LineUp<Contestant | Peer>(folder);
  const runs: WorkerRun[] = [];
  const add = (round: number, { name }: Contestant, { way, manner }: Way, perSecond: number) => {
    const run = runs.find((known) => known.contestant === name && known.way === way);
    if (run === undefined) runs.push({ contestant: name, way, manner, perSecond: [perSecond] });
    else run.perSecond.push(perSecond);
    tell(`round ${round + 1}  one worker, ${name}, ${way}: ${perSecond.toFixed(0)} reports/s`);
  };
  try {
    for (const entrant of [service, ...peers]) await lineUp.enter(entrant, async () => {});
    for (let round = 0; round < rounds; round++) {
      for (const member of lineUp.members) {
        await lineUp.call(member, async () => {
          const reporter = 'openReporter' in member ? await openPeer(member) : await openService(member);
          try {
            for (const way of reporter.ways) {
              await untilQuiet(member.pids);
              const { sent, perSecond } = await rate(way, seconds);
              const stored = (await way.stored?.()) ?? sent;
              if (stored !== sent) throw new Error(`${way.way}: ${stored} items stored, ${sent} reported`);
              add(round, member, way, perSecond);
            }
          } finally {
            await reporter.close();
          }
        });
      }
    }
    const order: WorkerRun['manner'][] = ['one', 'many', 'end'];
    return runs.toSorted((a, b) => order.indexOf(a.manner) - order.indexOf(b.manner));
  } finally {
    await lineUp.leave();
  }
}

interface Way extends Pick<WorkerRun, 'way' | 'manner'> {
  /** Reports that one call sends. */
  step: number;
  send(n: number): Promise<unknown>;
  /** Waits until all that was sent is durable, where a call has not: within the time that is measured. */
  end?(): Promise<unknown>;
  /** Items that are stored as done, where they can be asked for: the number of the newest report. */
  stored?(): Promise<number>;
}

interface Ways {
  ways: Way[];
  close(): Promise<unknown>;
}

/** The service: by batches of 100 over one connection, and by its own client, which is waited for often or at the end. */
async function openService({ target }: Contestant): Promise<Ways> {
  const [job = '', told = '', summed = ''] = await createJobs(target, 3, 1);
  const connection = await Connection.open(target.url, target.headers);
  const send = async (n: number) => {
    const { status, body } = await connection.ask(batchTo(job, (_, k) => ({ processed_items: n + k })));
    if (status !== 200) throw new Error(`a batch: ${status} ${body}`);
  };
  const apiKey = target.headers.Authorization?.replace(/^Bearer /, '') ?? '';
  const headway = new Headway({ url: target.url, apiKey });
  const storedIn = (id: string) => async () => (await headway.get(id)).processed_items;
  const way: Way = {
    ...{ way: `HTTP, batches of ${BATCH}`, manner: 'one', step: BATCH, send },
    stored: storedIn(job),
  };
  const worker = headway.attach(told);
  const byClient: Way = {
    ...{ way: `own client, flush() after ${BATCH} report()`, manner: 'many', step: BATCH },
    send(n) {
      for (let k = 0; k < BATCH; k++) worker.report({ processed_items: n + k });
      return worker.flush();
    },
    stored: storedIn(told),
  };
  const unwaited = headway.attach(summed);
  const bySums: Way = {
    ...{
      way: `own client, report() of each item, a turn after ${BATCH}, flush() at the end`,
      manner: 'end',
      step: BATCH,
    },
    send() {
      for (let k = 0; k < BATCH; k++) unwaited.report({ processed_delta: 1 });
      return setImmediate();
    },
    end: () => unwaited.flush(),
    stored: storedIn(summed),
  };
  const close = async () => {
    await Promise.all([worker.leave(), unwaited.leave()]);
    connection.close();
  };
  return { ways: [way, byClient, bySums], close };
}

/** A peer by its own client library: report by report, and many at once as far as that library can. */
async function openPeer(peer: Peer): Promise<Ways> {
  const reporter = await peer.openReporter();
  const one: Way = { way: reporter.way, manner: 'one', step: 1, send: (n) => reporter.report(n) };
  const many: Way = {
    ...{ way: reporter.togetherWay, manner: 'many', step: BATCH },
    send: (n) => reporter.together(n),
  };
  return { ways: [one, many], close: () => reporter.close() };
}

async function rate({ step, send, end }: Way, seconds: number): Promise<{ sent: number; perSecond: number }> {
  let reports = 0;
  const began = performance.now();
  const lasted = () => (performance.now() - began) / 1_000;
  while (lasted() < seconds) {
    await send(reports + 1);
    reports += step;
  }
  await end?.();
  return { sent: reports, perSecond: reports / lasted() };
}
