import { type HostProcess, host, letGo } from './host.ts';
import { onOpenJobs, openJobs } from './open-jobs.ts';
import { sleep } from './pause.ts';
import { jobPath } from './reading.ts';
import { reasonOf } from './reason-of.ts';
import { looseTries } from './transport.ts';
import type { WorkerJob } from './worker-job.ts';

/*
 * Last words: what a worker has said is sent where its process ends before its job, and the job is told why.
 */

/** How long a process that ends is held up for its jobs (ms). */
const BOUND = 2_000;
/** How often it is looked whether a request is all that holds the process; twice in a row it must be (ms). */
const LOOK = 250;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Sends requests one after the other, those of each list beside the others’, from a process of its own: one that exits has no
 * turn left in which an answer could come.
 */
const SENDER = `let t='';process.stdin.on('data',(d)=>{t+=d}).on('end',()=>{for(const l of JSON.parse(t))(async()=>{
for(const[u,i]of l)await(await fetch(u,i)).arrayBuffer()})().catch(()=>{})})`;

const listeners: [event: string, listener: (...args: never[]) => unknown][] = [
  ['uncaughtExceptionMonitor', uncaught],
  ['beforeExit', () => void drain('the process ended before its job did')],
  ['exit', (code: number) => sendFromOutside(exitReason(code))],
  ...SIGNALS.map((name): [string, () => void] => [name, () => void endBy(name)]),
];
let listening = false;
let drained = false;
let looking: ReturnType<typeof setInterval> | undefined;
/** How often in a row a request was all that held the process. */
let seen = 0;
let gaveUp = false;
/** What was thrown last and outlived by a handler of somebody else’s. */
let outlived: { error: unknown } | null = null;

// While there are jobs that are worked on, the process is listened to, where there is one.
onOpenJobs(() => {
  const any = openJobs.size > 0;
  if (any) drained = gaveUp = false;
  if (any === listening) return;
  listening = any;
  for (const [event, listener] of listeners) host?.[any ? 'on' : 'off']?.(event, listener);
  if (looking !== undefined) clearInterval(looking);
  if (!any || host?.getActiveResourcesInfo === undefined) return;
  looking = setInterval(look, LOOK);
  letGo(looking);
});

/**
 * A request to a service that is silent holds the process. Where nothing else is seen to, and nobody waits for it, it is given
 * up: then the process ends, unless something holds it that can’t be seen. So it is done once.
 */
function look(): void {
  // While it is being connected a socket is told of twice; standard output is told of whether or not it holds anything.
  const held = host?.getActiveResourcesInfo?.().filter((name) => !/Connect|Pipe|TTY/.test(name)) ?? [];
  seen = looseTries.size > 0 && held.length <= looseTries.size ? seen + 1 : 0;
  if (seen < 2 || gaveUp) return;
  gaveUp = true;
  giveUp();
}

function giveUp(): void {
  for (const limit of looseTries) limit.abort();
}

/** Told of what nobody caught; where somebody handles that, the process lives on, and with it the work. */
function uncaught(error: unknown): void {
  const handled =
    (host?.listenerCount?.('uncaughtException') ?? 0) > 0 || host?.hasUncaughtExceptionCaptureCallback?.();
  if (handled) outlived = { error };
  else loseAll(error);
}

/** Who handles what nobody caught often does no more than to write it down and exit. */
function exitReason(code: number): string {
  const said = `the process ended with exit code ${code} before its job did`;
  return code === 0 || outlived === null ? said : `${said}, after ${reasonOf(outlived.error)}`;
}

function loseAll(reason: unknown): void {
  for (const job of openJobs) job.lose(reason);
}

/** Once: where the service is away, the process would be held again and again. */
async function drain(reason: string): Promise<void> {
  if (drained) return;
  drained = true;
  loseAll(reason);
  const flushed = [...openJobs].map((job) => job.flush().catch(() => undefined));
  const bound = new AbortController();
  const left = gaveUp ? BOUND - 2 * LOOK : BOUND;
  await Promise.race([Promise.all(flushed), sleep(left, bound.signal).catch(() => undefined)]);
  bound.abort();
  // A request that is still under way would hold the process on.
  for (const { reporter } of openJobs) reporter.close();
  giveUp();
}

/** A signal that nobody else listens to ends the process as if nobody did, only a little later. */
async function endBy(name: (typeof SIGNALS)[number]): Promise<void> {
  const { listenerCount, off, kill, pid } = host as HostProcess;
  if (listenerCount?.call(host, name) !== 1 || pid === undefined) return;
  await drain(`the process was ended by ${name}`);
  const [, listener] = listeners.find(([event]) => event === name) ?? [];
  if (listener !== undefined) off?.call(host, name, listener);
  kill?.call(host, pid, name);
}

function sendFromOutside(reason: string): void {
  loseAll(reason);
  const words = [...openJobs].map(requestsOf).filter((requests) => requests.length > 0);
  // Of a program that is packed into its own executable, nobody knows what another one would do.
  if (words.length === 0 || !/[\\/](node|bun)(\.exe)?$/i.test(host?.execPath ?? '')) return;
  const { spawnSync } = (host?.getBuiltinModule?.('node:child_process') ?? {}) as {
    spawnSync?(file: string, args: string[], options: object): unknown;
  };
  const env = { ...host?.env, NODE_OPTIONS: '' };
  const stdio = ['pipe', 'ignore', 'ignore'];
  const input = JSON.stringify(words);
  spawnSync?.(host?.execPath ?? '', ['-e', SENDER], {
    input,
    env,
    stdio,
    timeout: BOUND,
    killSignal: 'SIGKILL',
  });
}

/** What is under way and what waits, as `fetch` takes it. */
function requestsOf({ id, reporter, transport, stopped }: WorkerJob): [url: string, init: object][] {
  if (id === null || stopped !== null || !transport.isPlain) return [];
  const url = transport.address(jobPath(id, '/progress/batch'));
  const requests: [string, object][] = [];
  const next = () => reporter.outbox.seal(Date.now(), () => undefined);
  for (let sealed = next(); sealed !== null; sealed = next()) {
    const headers: Record<string, string> = { ...transport.headers, 'Content-Type': 'application/json' };
    if (sealed.key !== undefined) headers['Idempotency-Key'] = sealed.key;
    requests.push([url, { method: 'POST', headers, body: sealed.body }]);
    reporter.outbox.settle();
  }
  return requests;
}
