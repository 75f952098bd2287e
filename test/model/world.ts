/** The service the model is compared with: over HTTP, on a clock that only the test moves. */
import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { vi } from 'vitest';
import type { Answer, Client } from '../support/client.ts';
import { jobStub } from '../support/objects.ts';
import type { Model, Request } from './model.ts';

/** Sends what the model was asked, with the run's name before each key. */
export function ask(client: Client, model: Model, request: Request, run: string): Promise<Answer> {
  if (request.op === 'create') return post(client, '/api/jobs/', request, run);
  const path = `/api/jobs/${model.at(request.job).id}`;
  switch (request.op) {
    case 'get':
      return client.get(path);
    case 'delete':
      return client.send('DELETE', path);
    case 'heartbeat':
      return client.send('POST', `${path}/heartbeat`);
    case 'report':
    case 'invalid':
      return post(client, `${path}/progress`, request, run);
    case 'batch':
      return post(client, `${path}/progress/batch`, request, run);
    case 'cancel':
    case 'rerun':
      return post(client, `${path}/${request.op}`, request, run);
  }
}

function post(
  client: Client,
  path: string,
  { raw, key, minimal }: { raw: string; key?: string; minimal?: boolean },
  run: string,
): Promise<Answer> {
  const headers = {
    'Content-Type': 'application/json',
    ...(key === undefined ? {} : { 'Idempotency-Key': `${run} ${key}` }),
    ...(minimal ? { Prefer: 'return=minimal' } : {}),
  };
  return client.send('POST', path, { raw, headers });
}

/** Stops the clock a day ahead of the real one, so that the runtime never runs an alarm by itself. */
export function stopClock(): number {
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 86_400_000;
  vi.setSystemTime(start);
  return start;
}

export function restartClock(): void {
  vi.useRealTimers();
}

export function setClock(now: number): void {
  vi.setSystemTime(now);
}

/**
 * Runs the alarm of a job's object while it is set for a time that has come, or that comes within the second by which an
 * object may put off its next alarm. One that is set for later is left alone: what it is late for is a difference.
 */
export async function runDueAlarms(organization: string, jobId: string): Promise<void> {
  const stub = await jobStub(organization, jobId);
  for (let runs = 0; runs < 20; runs += 1) {
    const ahead = (await alarmTime(stub)) - Date.now();
    if (ahead > 1000 || (ahead > 0 && runs > 2)) return;
    await runDurableObjectAlarm(stub);
  }
  throw new Error('the alarm is set for a time that has come, again and again');
}

/** Runs the alarm now, due or not: the platform may run one twice. */
export async function runAlarmAnyway(organization: string, jobId: string): Promise<void> {
  await runDurableObjectAlarm(await jobStub(organization, jobId));
}

/** The object loses its memory and keeps its storage: once it is idle, for which a busy machine may take its time. */
export async function evict(organization: string, jobId: string): Promise<void> {
  const stub = await jobStub(organization, jobId);
  for (let left = 5; ; left -= 1) {
    try {
      return await evictDurableObject(stub);
    } catch (cause) {
      if (left === 0) throw cause;
    }
  }
}

/** Every object dies where it stands, the job's among them. */
export async function abortAll(): Promise<void> {
  await abortAllDurableObjects();
}

async function alarmTime(stub: DurableObjectStub): Promise<number> {
  const at = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
  return at ?? Number.POSITIVE_INFINITY;
}
