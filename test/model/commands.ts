/** The commands a run is made of: each asks the model and the service alike, and compares the answers. */
import fc from 'fast-check';
import type { Client } from '../support/client.ts';
import * as arbitrary from './arbitraries.ts';
import { differences } from './compare.ts';
import { DAY, type Job } from './job.ts';
import { type JsonObject, rewritten } from './json.ts';
import type { Model, Request } from './model.ts';
import { type Paged, pageDifferences } from './pages.ts';
import type { Report } from './report.ts';
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

/** One request; where it changes something, it is the one that may be sent again. */
function send(request: Request): Command {
  return command(`send(${JSON.stringify({ ...request, raw: undefined })})`, async (model, real) => {
    const asked = request.op === 'create' ? request : { ...request, job: aim(model, request.job) };
    if (asked.op !== 'get') real.last = asked;
    await compare(model, real, asked);
  });
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

function reportOf(job: number, body: Report, more: { key?: string; minimal?: boolean } = {}): Request {
  return { op: 'report', job, report: body, raw: JSON.stringify(body), ...more };
}

function batchOf(job: number, reports: Report[], more: { key?: string } = {}): Request {
  return { op: 'batch', job, reports, raw: JSON.stringify({ reports }), ...more };
}

export function createOf(given: JsonObject, key?: string): Request {
  return {
    op: 'create',
    given: given as never,
    raw: JSON.stringify(given),
    ...(key === undefined ? {} : { key }),
  };
}

const keyed = arbitrary.key.map((key) => (key === undefined ? {} : { key }));

const report_ = fc
  .tuple(arbitrary.place, arbitrary.report, keyed, fc.boolean())
  .map(([job, body, key, minimal]) => send(reportOf(job, body, { ...key, ...(minimal ? { minimal } : {}) })));
const batch = fc
  .tuple(arbitrary.place, arbitrary.reports, keyed)
  .map(([job, reports, key]) => send(batchOf(job, reports, key)));
const flood = fc
  .tuple(arbitrary.place, fc.oneof(arbitrary.flood, arbitrary.crowd))
  .map(([job, reports]) => send(batchOf(job, reports)));
const create = fc
  .tuple(arbitrary.given, arbitrary.key)
  .map(([given, key]) => send(createOf(given as unknown as JsonObject, key)));
const cancel = fc.tuple(arbitrary.place, arbitrary.reason, keyed).map(([job, reason, key]) => {
  return send({ op: 'cancel', job, reason, raw: reason === null ? '' : JSON.stringify({ reason }), ...key });
});
const rerun = fc
  .tuple(arbitrary.place, fc.constantFrom('all' as const, 'failed' as const, undefined), keyed)
  .map(([job, items, key]) => {
    return send({
      op: 'rerun',
      job,
      items: items ?? 'all',
      raw: JSON.stringify(items ? { items } : {}),
      ...key,
    });
  });
const invalid = fc
  .tuple(arbitrary.place, arbitrary.invalid)
  .map(([job, { body, path }]) => send({ op: 'invalid', job, raw: JSON.stringify(body), path }));
const bare = (op: 'heartbeat' | 'delete' | 'get') => arbitrary.place.map((job) => send({ op, job }));
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

/** Up to 60 commands, each kind as often as its weight says. */
export const commands = fc.commands(
  [
    fc.oneof(
      { weight: 60, arbitrary: report_ },
      { weight: 16, arbitrary: batch },
      { weight: 2, arbitrary: flood },
      { weight: 6, arbitrary: create },
      { weight: 12, arbitrary: fc.constant(again) },
      { weight: 6, arbitrary: fc.constant(inOtherText) },
      { weight: 4, arbitrary: cancel },
      { weight: 6, arbitrary: ending },
      { weight: 6, arbitrary: rerun },
      { weight: 2, arbitrary: bare('delete') },
      { weight: 8, arbitrary: bare('heartbeat') },
      { weight: 4, arbitrary: bare('get') },
      { weight: 4, arbitrary: invalid },
      { weight: 4, arbitrary: paged },
      { weight: 1, arbitrary: arbitrary.place.map(evicted) },
      { weight: 3, arbitrary: fc.constant(crashed) },
      { weight: 4, arbitrary: arbitrary.place.map(alarm) },
      { weight: 20, arbitrary: arbitrary.span.map(pass) },
      { weight: 10, arbitrary: dueOnce },
      { weight: 4, arbitrary: arbitrary.span.map(passUnseen) },
    ),
  ],
  { maxCommands: 60, size: 'max' },
);
