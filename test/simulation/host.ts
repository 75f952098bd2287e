import { Crashed, type Disk, InstanceStorage } from './storage';
import type { World } from './world';

/** What a host knows of the object it runs. */
export interface Wakeful {
  alarm?(): void | Promise<void>;
}

type Waking<Instance> = (ctx: DurableObjectState, storage: InstanceStorage) => Instance;

/** Runs one object: wakes it, brings it requests and alarms, and lets it crash. Its disk is all that stays. */
export class Host<Instance extends Wakeful> {
  readonly name: string;
  readonly disk: Disk;
  /** Requests and alarms that have reached it. */
  calls = 0;
  readonly #world: World;
  readonly #wake: Waking<Instance>;
  readonly #under = new Set<(cause: Error) => void>();
  #life: { instance: Instance; storage: InstanceStorage; ready: Promise<unknown> } | null = null;

  constructor(world: World, name: string, disk: Disk, wake: Waking<Instance>) {
    this.#world = world;
    this.name = name;
    this.disk = disk;
    this.#wake = wake;
    disk.onAlarm = (at) => this.#await(at);
  }

  /** Nothing is under way in it. */
  get idle(): boolean {
    return this.#under.size === 0;
  }

  /** Calls the object. Rejects with what it threw, or with `Crashed` if it crashes before it has answered. */
  call<Answer>(work: (instance: Instance) => Promise<Answer>): Promise<Answer> {
    this.calls += 1;
    return new Promise((resolve, reject) => {
      this.#under.add(reject);
      const { instance, ready } = this.#awake();
      ready
        .then(() => work(instance))
        .then(resolve, reject)
        .finally(() => this.#under.delete(reject));
    });
  }

  /** The instance is gone with all it remembered; whoever waits for it learns so. */
  crash(): void {
    if (this.#life === null) return;
    this.#life.storage.dead = true;
    this.#life = null;
    for (const reject of this.#under) reject(new Crashed());
    this.#under.clear();
  }

  #awake() {
    if (this.#life !== null) return this.#life;
    const storage = new InstanceStorage(this.#world, this.disk);
    let ready: Promise<unknown> = Promise.resolve();
    const ctx = {
      id: { name: this.name },
      storage,
      blockConcurrencyWhile(start: () => Promise<unknown>) {
        ready = start();
        return ready;
      },
      waitUntil() {},
      getWebSockets: () => [],
    };
    const instance = this.#wake(ctx as unknown as DurableObjectState, storage);
    this.#life = { instance, storage, ready };
    return this.#life;
  }

  #await(at: number): void {
    const late = this.#world.fault(0.03) ? this.#world.random.between(1_000, 90_000) : 0;
    this.#world.at(at + late + this.#world.random.between(0, 20), () => this.#ring(at));
  }

  #ring(at: number): void {
    if (this.disk.alarm !== at || this.disk.ringing) return;
    this.disk.alarm = null;
    this.disk.ringing = true;
    this.call(async (instance) => instance.alarm?.()).then(
      () => this.#rang(this.#world.fault(0.05) ? at : null),
      (cause) => {
        if (!(cause instanceof Crashed)) this.#world.violated(`an alarm threw: ${cause}`);
        this.#rang(at);
      },
    );
  }

  /** An alarm whose end nobody saw, for a crash or for no reason, goes off again unless another was set. */
  #rang(again: number | null): void {
    this.disk.ringing = false;
    this.disk.alarm ??= again;
    if (this.disk.alarm !== null) this.#await(this.disk.alarm);
  }
}
