/** One of the workers that use the service while it is killed: its requests come one after another. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../test/support/random.ts';
import type { Answer, Client } from './client.ts';
import type { JobRecord, Records, SentReport } from './job-record.ts';
import type { Tally } from './tally.ts';

export class CrashWorker {
  readonly #number: number;
  readonly #client: Client;
  readonly #records: Records;
  readonly #tally: Tally;
  readonly #random: Random;
  #serial = 0;

  constructor(number: number, client: Client, records: Records, tally: Tally, random: Random) {
    this.#number = number;
    this.#client = client;
    this.#records = records;
    this.#tally = tally;
    this.#random = random;
  }

  /** Works on jobs of its own and on `shared` ones until told to stop; whatever it left unknown is settled then. */
  async run(shared: readonly JobRecord[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (this.#random.chance(0.05)) await this.#family();
      const parent = this.#random.chance(0.4) ? shared[this.#random.between(0, 2)] : undefined;
      const job = await this.create(parent ?? null);
      if (job === null) continue;
      await this.#workOn(job, shared, isOver);
      if (this.#random.chance(0.8)) await this.#end(job);
      if (job.end !== null && this.#random.chance(0.4)) await this.#rerun(job);
      if (job.end !== null && this.#random.chance(0.15)) await this.#remove(job);
    }
  }

  /** A new job, of a parent where there is one; null where nobody knows whether there is one. */
  async create(parent: JobRecord | null = null, surely = false): Promise<JobRecord | null> {
    const name = this.#name('job');
    const total_items = parent === null ? 1_000 : this.#random.between(200, 2_000);
    const body = { job_type: 'import', total_items, name, parent_job_id: parent?.id ?? null };
    if (surely || this.#random.chance(0.5))
      return this.#made(await this.#keep('POST', '/api/jobs/', body, name));
    const answer = await this.#client.ask('POST', '/api/jobs/', body);
    if (answer !== null) return this.#made(answer);
    this.#records.perhaps.add(name);
    return null;
  }

  /** A job that is cancelled with its children, once those are there. */
  async #family(): Promise<void> {
    const parent = await this.create(null, true);
    if (parent === null) return;
    for (let left = this.#random.between(1, 5); left > 0; left--) await this.create(parent, true);
    const path = `/api/jobs/${parent.id}/cancel`;
    const { status, json } = await this.#keep('POST', path, { children: true }, this.#name('family'));
    this.#tally.answers += 1;
    // Only so many operations may be under way at once.
    if (json.code === 'quota_exceeded') return;
    this.#judge(parent, { status, json }, parent.floor);
    if (status !== 200 || json.status !== 'cancelled') this.#tally.broken(`a family answered ${status}`);
    [parent.end, parent.withChildren] = ['cancelled', true];
  }

  async #workOn(job: JobRecord, shared: readonly JobRecord[], isOver: () => boolean): Promise<void> {
    const sets = this.#random.chance(0.3);
    for (let left = this.#random.between(8, 40); left > 0 && !isOver(); left--) {
      await sleep(this.#random.between(5, 90));
      const [common] = this.#random.chance(0.25)
        ? shared.slice(this.#random.between(0, shared.length - 1))
        : [];
      await this.report(common ?? job, common === undefined && sets);
      if (this.#random.chance(0.1)) await this.#look(job);
    }
  }

  /** Sends one report that adds to the counter or, where it `sets`, sets it. */
  async report(job: JobRecord, sets: boolean): Promise<void> {
    const random = this.#random;
    const marker = this.#name('m');
    const sent: SentReport = {
      ...{ marker, worker: this.#number, delta: sets ? 0 : random.between(0, 3) },
      set: sets ? job.reports.length + 1 : null,
      ...{ stage: random.chance(0.1), error: random.chance(0.15), applied: null, revision: null },
    };
    job.reports.push(sent);
    const issue = { entity_key: marker, entity_type: 'row', error_type: 'bad', message: marker };
    const body = {
      message: marker,
      ...(sent.set === null ? { processed_delta: sent.delta } : { processed_items: sent.set }),
      ...(sent.stage ? { stage: marker } : {}),
      ...(sent.error ? { error: issue } : {}),
      ...(job.reports.length === 1 ? { mark_started: true } : {}),
    };
    const path = `/api/jobs/${job.id}/progress`;
    const floor = job.floor;
    const answer = random.chance(0.5)
      ? await this.#keep('POST', path, body, marker)
      : await this.#client.ask('POST', path, body);
    if (answer === null) return;
    this.#tally.answers += 1;
    this.#judge(job, answer, floor);
    sent.applied = answer.status === 200 && answer.json.applied === true;
    if (sent.applied) sent.revision = answer.json.applied_revision;
    else
      this.#tally.broken(`a report to an open job answered ${answer.status} ${JSON.stringify(answer.json)}`);
  }

  async #end(job: JobRecord): Promise<void> {
    const [end, path, body] = this.#random.pick<[string, string, object]>([
      ['completed', 'progress', { mark_completed: true }],
      ['failed', 'progress', { mark_failed: 'it broke' }],
      ['cancelled', 'cancel', { reason: 'enough' }],
    ]);
    const answer = await this.#keep('POST', `/api/jobs/${job.id}/${path}`, body, this.#name('end'));
    this.#tally.answers += 1;
    this.#judge(job, answer, job.floor);
    if (answer.status !== 200) this.#tally.broken(`an end answered ${answer.status}`);
    job.end = answer.json.status;
    const right = end === 'completed' ? ['completed', 'partial_success'] : [end];
    if (!right.includes(answer.json.status)) this.#tally.broken(`${end} came to ${answer.json.status}`);
  }

  async #rerun(job: JobRecord): Promise<void> {
    const path = `/api/jobs/${job.id}/rerun`;
    if (this.#random.chance(0.5)) {
      job.rerunKeys += 1;
      this.#made(await this.#keep('POST', path, {}, this.#name('rerun')));
    } else {
      job.unkeyedReruns += 1;
      const answer = await this.#client.ask('POST', path, {});
      if (answer !== null) this.#made(answer);
    }
  }

  async #remove(job: JobRecord): Promise<void> {
    const { status } = await this.#client.insist('DELETE', `/api/jobs/${job.id}`);
    this.#tally.answers += 1;
    if (status !== 204 && status !== 404) this.#tally.broken(`a deletion answered ${status}`);
    job.removed = true;
  }

  /** Reads the job back: what was answered is there, whatever was killed in between. */
  async #look(job: JobRecord): Promise<void> {
    const { status, json } = await this.#client.insist('GET', `/api/jobs/${job.id}`);
    if (status !== 200) return this.#tally.lost(`job ${job.id} answered ${status}`);
    if (json.revision < job.floor)
      this.#tally.lost(`job ${job.id} is at ${json.revision}, ${job.floor} was answered`);
    const bounds = job.counterBounds;
    if (bounds !== null && json.processed_items < bounds.least) {
      this.#tally.lost(
        `job ${job.id} counts ${json.processed_items}, at least ${bounds.least} were answered`,
      );
    }
  }

  #made(answer: Answer): JobRecord {
    this.#tally.answers += 1;
    if (answer.status !== 201 && !(answer.status === 200 && answer.replayed)) {
      throw new Error(`a creation answered ${answer.status} ${JSON.stringify(answer.json)}`);
    }
    const job = this.#records.add(answer.json.job_id);
    job.floor = answer.json.revision;
    return job;
  }

  /** Sends with a key, again and again until it is answered. */
  async #keep(method: string, path: string, body: object, key: string): Promise<Answer> {
    const answer = await this.#client.insist(method, path, body, key);
    if (answer.replayed) this.#tally.replayed += 1;
    return answer;
  }

  #judge(job: JobRecord, { status, json }: Pick<Answer, 'status' | 'json'>, floor: number): void {
    if (status !== 200) return;
    if (json.revision < floor) {
      this.#tally.disordered(`job ${job.id} went back from revision ${floor} to ${json.revision}`);
    }
    job.floor = Math.max(job.floor, json.revision);
  }

  /** A text that no other request of this run has. */
  #name(what: string): string {
    this.#serial += 1;
    return `${what} ${this.#number} ${this.#serial}`;
  }
}
