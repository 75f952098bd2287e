/** The commands a run is made of: each asks the model and the service alike, and compares the answers. */
import fc from 'fast-check';
import type { Client } from '../support/client.ts';
import * as arbitrary from './arbitraries.ts';
import { type BulkAsk, bulkDifferences } from './bulk.ts';
import { differences } from './compare.ts';
import { childrenDifferences, familyDifferences } from './family.ts';
import { DAY, type Job } from './job.ts';
import { rewritten } from './json.ts';
import type { Model, Request } from './model.ts';
import { type Paged, pageDifferences } from './pages.ts';
import type { Report } from './report.ts';
import { batchOf, reportOf, requests } from './requests.ts';
import { statsDifferences } from './stats.ts';
import { abortAll, ask, evict, runAlarmAnyway, runDueAlarms, setClock } from './world.ts';

/** What a run talks to, and the last change it asked for. */
export interface Real {
  client: Client;
  /** Makes the keys of this run its own: the organization, where keys of creation live, is shared. */
  run: string;
  last: Request | null;
  /** How often each kind of answer was met. */
  met: Map<string, number>;
}
export type Command = fc.AsyncCommand<Model, Real>;

/** Asks both, and throws what they disagree on. */
export async function compare(model: Model, real: Real, request: Request): Promise<void> {
  const answer = await ask(real.client, model, request, real.run);
  const outcome = model.answer(request);
  const kind = `${request.op} ${outcome.status} ${outcome.code ?? outcome.fields?.reason ?? ''}`.trim();
  meet(real, outcome.replayed ? `${kind} replayed` : kind);
  report(differences(outcome, answer), JSON.stringify(request));
}

function meet({ met }: Real, kind: string): void {
  met.set(kind, (met.get(kind) ?? 0) + 1);
}

function report(found: string[], about: string): void {
  if (found.length > 0) throw new Error([brief(about), ...found.slice(0, 20)].join('\n  '));
}

/** What a reader needs of a long text; the seed has the rest. */
function brief(text: string): string {
  return text.replaceAll(/(.)\1{40,}/gu, '$1…').slice(0, 2000);
}

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => brief(name) };
}

/** Most commands go to a job that is there, one in ten to any that ever was. */
function aim(model: Model, place: number): number {
  const there = [...model.jobs.keys()].filter((job) => !model.jobs[job]?.removed);
  const among = place % 10 === 0 || there.length === 0 ? [...model.jobs.keys()] : there;
  return among[place % among.length] ?? 0;
}

/** Of what asks for a family three of four go to a job that has children. */
function aimAtParent(model: Model, place: number): number {
  const parents = [...model.jobs.keys()].filter((at) => {
    const { id } = model.at(at);
    return model.jobs.some(({ removed, given }) => !removed && given.parent_job_id === id);
  });
  return parents[place % 4 === 0 ? -1 : place % Math.max(parents.length, 1)] ?? aim(model, place);
}

/** One request; where it changes something, it is the one that may be sent again. */
function send(request: Request): Command {
  return command(`send(${JSON.stringify({ ...request, raw: undefined })})`, async (model, real) => {
    const asked =
      request.op === 'create' ? adopted(model, request) : { ...request, job: aim(model, request.job) };
    if (asked.op !== 'get') real.last = asked;
    await compare(model, real, asked);
  });
}

/** The same with the id of the parent whose place it names. */
function adopted(model: Model, request: Request & { op: 'create' }): Request {
  if (request.parent === undefined) return request;
  const given = { ...request.given, parent_job_id: model.at(aim(model, request.parent)).id };
  return { ...request, given, raw: JSON.stringify(given) };
}

/** An answer that was lost on the way: the same request as it was. */
const again = command('again()', async (model, real) => {
  if (real.last) await compare(model, real, real.last);
});

/** The same with its body written otherwise: keys in another order, white space, `{}` for an empty one. */
const inOtherText = command('inOtherText()', async (model, real) => {
  if (real.last && 'raw' in real.last)
    await compare(model, real, { ...real.last, raw: rewritten(real.last.raw) });
});

/** The report that ended a job once more: as it was, its keys in another order, or its mark alone. */
function endAgain(place: number, how: 'same' | 'shuffled' | 'mark', batch: boolean): Command {
  return command(`endAgain(${place}, ${how}, ${batch})`, async (model, real) => {
    const job = aim(model, place);
    const ended = model.at(job).endedBy;
    if (!ended) return;
    const { mark_completed, mark_failed } = ended;
    const mark = mark_completed ? { mark_completed } : { mark_failed: mark_failed ?? null };
    const shuffled = Object.fromEntries(Object.entries(ended).reverse());
    const body = { same: ended, shuffled, mark }[how] as Report;
    await compare(model, real, batch ? batchOf(job, [body]) : reportOf(job, body));
  });
}

/** An object loses its memory when it is idle, which waits for what it has under way; or all do in a crash. */
const evicted = (place: number) =>
  command(`evict(${place})`, async (model, real) => {
    // Only an object that runs can be evicted, so it is asked first.
    const job = aim(model, place);
    await compare(model, real, { op: 'get', job });
    await evict(model.organization, model.at(job).id);
  });

const crashed = command('crash()', () => abortAll());

const alarm = (place: number) =>
  command(`alarm(${place})`, async (model, real) => {
    const job = aim(model, place);
    await runAlarmAnyway(model.organization, model.at(job).id);
    model.alarm(model.at(job));
    await compare(model, real, { op: 'get', job });
  });

/** Time passes; what falls due on the way is looked at one millisecond before and at its time. */
const pass = (ms: number) =>
  command(`pass(${ms})`, async (model, real) => {
    await passTo(model, real, model.now + ms);
  });

/** Time passes to a moment about the next thing that is due; what is weeks away only if `far`. */
const passToDue = (offset: number, far: boolean) =>
  command(`passToDue(${offset}, ${far})`, async (model, real) => {
    const due = model.nextDue(far ? Number.POSITIVE_INFINITY : model.now + 4 * DAY);
    if (due) await passTo(model, real, Math.max(model.now, due.at + offset));
  });

/** Time passes while no alarm runs: the platform may be late. */
const passUnseen = (ms: number) =>
  command(`passUnseen(${ms})`, async (model) => {
    moveTo(model, model.now + ms);
  });

const page = (place: number, of: Paged) =>
  command(`page(${place}, ${of})`, async (model, real) => {
    report(await pageDifferences(real.client, model.at(aim(model, place)), of), `GET …/${of}`);
  });

/** Many jobs at once; whatever becomes of them is looked at. */
const bulk = (asked: BulkAsk) =>
  command(`bulk(${JSON.stringify(asked)})`, async (model, real) => {
    const jobs = asked.jobs.map((place) => aim(model, place));
    const [kinds, found] = await bulkDifferences(model, real.client, { ...asked, jobs });
    for (const kind of kinds) meet(real, kind);
    report(found, `bulk ${asked.operation}`);
    for (const job of model.jobs.keys()) await compare(model, real, { op: 'get', job });
  });

/** The counts of the type of a job, all that there ever were among them. */
const children = (place: number) =>
  command(`children(${place})`, async (model, real) => {
    report(
      await childrenDifferences(model, real.client, model.at(aimAtParent(model, place))),
      'GET …/children',
    );
  });

/** A cancellation with all children; whatever becomes of them is looked at. */
const family = (place: number, reason: string | null, crashes: boolean) =>
  command(`family(${place}, ${reason}, ${crashes})`, async (model, real) => {
    const asked = { job: aimAtParent(model, place), reason, crashes, run: real.run };
    const [kind, found] = await familyDifferences(model, real.client, asked);
    meet(real, kind);
    report(found, 'cancel with children');
    for (const job of model.jobs.keys()) await compare(model, real, { op: 'get', job });
  });

const counted = (place: number) =>
  command(`counted(${place})`, async (model, { client }) => {
    const { job_type } = model.at(aim(model, place)).given;
    report(await statsDifferences(client, model.ever, job_type, model.now), 'GET /api/jobs/stats');
  });

async function passTo(model: Model, real: Real, target: number): Promise<void> {
  for (let due = model.nextDue(target); due; due = model.nextDue(target)) {
    const { job, at } = due;
    if (at - 1 > model.now) {
      moveTo(model, at - 1);
      await wake(model, real, job);
    }
    moveTo(model, Math.max(at, model.now));
    await wake(model, real, job);
  }
  moveTo(model, target);
}

async function wake(model: Model, real: Real, job: Job): Promise<void> {
  await runDueAlarms(model.organization, job.id);
  meet(real, model.alarm(job) ?? 'nothing due');
  const request: Request = { op: 'get', job: model.jobs.indexOf(job) };
  const answer = await ask(real.client, model, request, real.run);
  report(differences(model.answer(request), answer), `the alarm at ${new Date(model.now).toISOString()}`);
}

function moveTo(model: Model, now: number): void {
  model.now = now;
  setClock(now);
}

const ending = fc
  .tuple(
    arbitrary.place,
    fc.constantFrom('same' as const, 'shuffled' as const, 'mark' as const),
    fc.boolean(),
  )
  .map((parts) => endAgain(...parts));
const paged = fc
  .tuple(arbitrary.place, fc.constantFrom<Paged[]>('errors', 'warnings', 'logs', 'events', 'items'))
  .map((parts) => page(...parts));

const dueOnce = fc
  .tuple(fc.constantFrom(-1, 0, 0, 1, 2_000), fc.constantFrom(true, ...Array<boolean>(9).fill(false)))
  .map((parts) => passToDue(...parts));

/** Up to 58 commands, each kind as often as its weight says. */
export const commands = fc.commands(
  [
    fc.oneof(
      { weight: 60, arbitrary: requests.report.map(send) },
      { weight: 16, arbitrary: requests.batch.map(send) },
      { weight: 2, arbitrary: requests.flood.map(send) },
      { weight: 6, arbitrary: requests.create.map(send) },
      { weight: 12, arbitrary: fc.constant(again) },
      { weight: 6, arbitrary: fc.constant(inOtherText) },
      { weight: 4, arbitrary: requests.cancel.map(send) },
      { weight: 6, arbitrary: ending },
      { weight: 6, arbitrary: requests.rerun.map(send) },
      { weight: 2, arbitrary: requests.delete.map(send) },
      { weight: 2, arbitrary: arbitrary.bulk.map(bulk) },
      { weight: 2, arbitrary: arbitrary.place.map(children) },
      {
        weight: 1,
        arbitrary: fc.tuple(arbitrary.place, arbitrary.reason, fc.boolean()).map((parts) => family(...parts)),
      },
      { weight: 8, arbitrary: requests.heartbeat.map(send) },
      { weight: 4, arbitrary: requests.get.map(send) },
      { weight: 4, arbitrary: requests.invalid.map(send) },
      { weight: 4, arbitrary: paged },
      { weight: 2, arbitrary: arbitrary.place.map(counted) },
      { weight: 1, arbitrary: arbitrary.place.map(evicted) },
      { weight: 3, arbitrary: fc.constant(crashed) },
      { weight: 4, arbitrary: arbitrary.place.map(alarm) },
      { weight: 20, arbitrary: arbitrary.span.map(pass) },
      { weight: 10, arbitrary: dueOnce },
      { weight: 4, arbitrary: arbitrary.span.map(passUnseen) },
    ),
  ],
  { maxCommands: 58, size: 'max' },
);
