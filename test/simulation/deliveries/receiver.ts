import { LOG_TABLES } from '../../../src/objects/webhook/webhook-schema';
import type { Disk } from '../storage';
import type { World } from '../world';

/** A delivery as the endpoint's disk has it. */
export interface LogRow {
  n: number;
  event_id: string;
  job_id: string | null;
  status: string;
}

const LOG = Array.from(
  { length: LOG_TABLES },
  (_, number) => `SELECT n, event_id, job_id, status FROM delivery_${number}`,
).join(' UNION ALL ');

/** Everything that an endpoint has queued. */
export function logOf(disk: Disk): LogRow[] {
  return disk.has('delivery_0') ? disk.rows<LogRow>(`${LOG} ORDER BY n`) : [];
}

/** Who is sent the deliveries: at times it refuses, breaks off, is late or gone; it judges each request as it comes. */
export class SimulatedReceiver {
  /** The events that it has answered with a success, whether or not the answer got through. */
  readonly accepted = new Set<string>();
  requests = 0;
  readonly #world: World;
  readonly #disk: Disk;
  #flying: { id: string; job: string | null }[] = [];
  #deadUntil = 0;

  constructor(world: World, disk: Disk) {
    this.#world = world;
    this.#disk = disk;
  }

  /** The sender has crashed: what it had in flight is nobody's any more. */
  forgetFlights(): void {
    this.#flying = [];
  }

  async receive(init: RequestInit): Promise<Response> {
    const id = new Headers(init.headers).get('webhook-id') ?? '';
    const flight = { id, job: this.#judge(id) };
    this.requests += 1;
    this.#flying.push(flight);
    try {
      return await this.#answer(id, init.signal ?? null);
    } finally {
      this.#flying = this.#flying.filter((one) => one !== flight);
    }
  }

  /** What must hold whenever something is sent; answers the job that it is of. */
  #judge(id: string): string | null {
    const log = logOf(this.#disk);
    const row = log.find(({ event_id }) => event_id === id);
    const violated = (what: string) => this.#world.violated(`${id} is sent ${what}`);
    if (row === undefined) {
      violated('and is not in the log');
      return null;
    }
    const { n, job_id, status } = row;
    if (status === 'delivered' || status === 'exhausted') violated(`though it is ${status}`);
    if (this.#flying.length >= 4) violated('beside four others');
    if (this.#flying.some((one) => one.id === id)) violated('while it is in flight');
    if (job_id !== null && this.#flying.some(({ job }) => job === job_id))
      violated('beside another of its job');
    const earlier = log.find((one) => one.n < n && one.job_id === job_id && one.status === 'pending');
    if (job_id !== null && status === 'pending' && earlier !== undefined)
      violated(`before ${earlier.event_id}`);
    return job_id;
  }

  async #answer(id: string, signal: AbortSignal | null): Promise<Response> {
    const world = this.#world;
    if (world.fault(0.01)) this.#deadUntil = world.now + world.random.between(1_000, 60_000);
    const dead = world.now < this.#deadUntil && !world.calm;
    const hangs = world.fault(0.03);
    await this.#wait(
      hangs ? 100_000 : world.random.between(0, world.random.chance(0.3) ? 1_000 : 60),
      signal,
    );
    if (dead || world.fault(0.05)) throw new TypeError('reset');
    if (world.fault(0.005)) return answerOf(410);
    if (world.fault(0.15)) return answerOf(500);
    this.accepted.add(id);
    if (world.fault(0.05)) throw new TypeError('reset after all was said');
    return answerOf(world.random.chance(0.5) ? 200 : 204);
  }

  #wait(ms: number, signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#world.at(this.#world.now + ms, resolve);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}

function answerOf(status: number): Response {
  return { status, headers: new Headers(), body: null } as Response;
}
