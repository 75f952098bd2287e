import type { AuditTrace } from '../../src/domain/audit/audit-record';
import type { Report } from '../../src/domain/job/command';
import type { UnitAnswer, UnitKey } from '../../src/objects/job/contract';
import type { JobDO } from '../../src/objects/job/job-do';
import { Client } from './client';
import { ORGANIZATION } from './fleet';
import type { JobTruth } from './job-truth';
import type { World } from './world';

/** Who acts, by a request of its own. */
export function traceOf(world: World): AuditTrace {
  const actor = { type: 'key' as const, id: 'k', name: 'K' };
  return { actor, request_id: `r${world.serial()}`, address: '192.0.2.0/24', user_agent: null };
}

/** One report with a message of its own: how often it was applied can be counted. */
export interface Sent {
  marker: string;
  delta: number;
  /** How often it may be found in the job. */
  least: number;
  most: number;
}

export type Protection = 'none' | 'key' | 'sequence';

/** What the clients of one job have sent, and what they were promised. */
export class JobClient {
  readonly job: JobTruth;
  readonly sent: Sent[] = [];
  cancelled = false;
  removed = false;
  /** A deletion was refused, since the job had not ended. Its copy may come when it has. */
  refused = false;
  readonly #world: World;
  readonly #client: Client;
  readonly #sequences = new Map<string, number>();
  #floor = 0;

  constructor(world: World, job: JobTruth) {
    this.#world = world;
    this.job = job;
    this.#client = new Client(world);
  }

  /** Sends a report as `reporter`; with protection until the outcome is known, without it once. */
  async report(reporter: string, fields: Report, protection: Protection): Promise<void> {
    const delta = this.#world.random.between(0, 3);
    const sent: Sent = { marker: `m${this.#world.serial()}`, delta, least: 0, most: 1 };
    this.sent.push(sent);
    const report: Report = { ...fields, message: sent.marker, processed_delta: delta };
    if (protection === 'sequence') {
      const sequence = (this.#sequences.get(reporter) ?? 0) + 1;
      this.#sequences.set(reporter, sequence);
      Object.assign(report, { reporter, sequence });
    }
    const key = protection === 'key' ? newKey(this.#world) : null;
    const answer = await this.#unit([report], false, key, protection !== 'none');
    if (answer === null) return;
    if (answer.outcome === 'done') {
      const counted = answer.applied || answer.reason === 'duplicate';
      [sent.least, sent.most] = counted ? [1, 1] : [0, 0];
    } else if (answer.rejection.code !== 'overloaded') {
      sent.most = 0;
    }
    this.#present(sent);
  }

  /** Sends many changes of stage at once: events that wait for the index. */
  async flood(count: number): Promise<void> {
    const reports = Array.from(
      { length: count },
      (_, n): Report => ({ stage: `s${this.#world.serial()} ${n}` }),
    );
    await this.#unit(reports, true, newKey(this.#world), true);
  }

  /** A report with nothing in it: its key is kept all the same. */
  async nothing(): Promise<void> {
    await this.#unit([{}], false, newKey(this.#world), true);
  }

  async heartbeat(): Promise<void> {
    const ask = { unit: { commands: [{ verb: 'heartbeat' as const }], batch: false }, key: null };
    await this.#client.ask(this.job.host, true, (job) => job.apply(ORGANIZATION, ask, {}));
  }

  async cancel(): Promise<void> {
    const command = { verb: 'cancel' as const, reason: null, requested_by: 'k' };
    const ask = { unit: { commands: [command], batch: false }, key: null, trace: traceOf(this.#world) };
    const applied = await this.#client.insist(this.job.host, (job) => job.apply(ORGANIZATION, ask, {}));
    if (applied?.answer.outcome === 'done') this.cancelled = true;
  }

  async remove(): Promise<void> {
    const trace = traceOf(this.#world);
    const outcome = await this.#client.insist(this.job.host, (job) => job.remove(ORGANIZATION, trace));
    if (outcome === 'not_terminal') this.refused = true;
    else this.removed = true;
  }

  async #unit(
    reports: Report[],
    batch: boolean,
    key: UnitKey | null,
    repeatable: boolean,
  ): Promise<UnitAnswer | null> {
    const commands = reports.map((report) => {
      return { verb: 'report' as const, report, digest: JSON.stringify(report) };
    });
    const ask = { unit: { commands, batch }, key };
    const floor = this.#floor;
    const send = (job: JobDO) => job.apply(ORGANIZATION, structuredClone(ask), {});
    const heard = repeatable
      ? { answer: await this.#client.insist(this.job.host, send) }
      : await this.#client.ask(this.job.host, false, send);
    if (heard === null) return null;
    if (heard.answer === null) {
      if (!this.removed && !this.job.gone) this.#world.violated('a job that was made is not found');
      return null;
    }
    const { revision } = heard.answer.view.summary;
    if (revision < floor) this.#world.violated(`an answer went back from revision ${floor} to ${revision}`);
    this.#floor = Math.max(this.#floor, revision);
    return heard.answer.answer;
  }

  /** What was answered is on the disk when it is answered. */
  #present({ marker, least }: Sent): void {
    this.job.observe();
    if (least > 0 && !this.job.messages.includes(marker))
      this.#world.violated(`${marker} was answered and is not there`);
  }

  /** Compares what the job holds with what its clients know. */
  judge(): void {
    let sum = 0;
    for (const { marker, delta, least, most } of this.sent) {
      const found = this.job.messages.filter((message) => message === marker).length;
      if (found < least) this.#world.violated(`${marker} is lost`);
      if (found > most) this.#world.violated(`${marker} is there ${found} times, at most ${most} are right`);
      sum += found * delta;
    }
    const { stored } = this.job;
    if (stored === null) return;
    if (stored.job.processed_items !== sum) {
      this.#world.violated(`the counter is ${stored.job.processed_items}, the reports add up to ${sum}`);
    }
    if (this.cancelled && stored.job.status !== 'cancelled') this.#world.violated('a cancelled job is not');
    if (this.removed && stored.books.deleted_at === null) this.#world.violated('a deleted job is not');
  }
}

export function newKey(world: World): UnitKey {
  const text = world.serial().toString(16);
  return { key: text.padStart(32, '0'), body: text.padStart(16, 'a') };
}
