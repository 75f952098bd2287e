/** What a run takes of memory: what the service's code holds, and what the process has of the system. */
import { openObjects, residentMiB } from '../memory.ts';
import type { Heap } from './heap.ts';

/** How often open objects are counted (ms): far more often than the ten seconds that one stays open at least. */
const INTERVAL = 500;

export interface Footprint {
  /** The JavaScript heap after a collection (MiB): whatever our code keeps, in the Worker and in its objects. */
  heap: number;
  /** Resident memory after that (MiB): garbage would hold on to what the runtime has of objects that were put away. */
  resident: number;
  /** The most objects that were open at once until then. */
  atOnce: number;
}

export class Footprints {
  readonly #pid: number;
  readonly #heap: Heap;
  readonly #timer: NodeJS.Timeout;
  #atOnce = 0;

  constructor(pid: number, heap: Heap) {
    this.#pid = pid;
    this.#heap = heap;
    this.#timer = setInterval(() => this.#count(), INTERVAL);
  }

  async look(): Promise<Footprint> {
    this.#count();
    const atOnce = this.#atOnce;
    const heap = await this.#heap.used();
    return { heap, resident: residentMiB(this.#pid) ?? 0, atOnce };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#heap.close();
  }

  #count(): void {
    this.#atOnce = Math.max(this.#atOnce, openObjects(this.#pid));
  }
}
