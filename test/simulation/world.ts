import { Random } from '../support/random';
import type { Machine } from './machine';

interface Event {
  at: number;
  /** Among events of one instant the seed decides. */
  tie: number;
  run: () => void;
}

/** One seeded scheduler: a clock that moves from event to event, and every choice of the run. */
export class World {
  readonly random: Random;
  readonly violations: string[] = [];
  readonly counts = { steps: 0, answers: 0, faults: 0, publications: 0, events: 0 };
  /** ms since 1970. */
  now = Date.UTC(2030, 0, 1);
  /** Nothing goes wrong any more once it is set. */
  calm = false;
  /** Run after every step. */
  afterStep: () => void = () => {};
  #serial = 0;
  readonly #machine: Machine;
  readonly #heap: Event[] = [];

  constructor(machine: Machine, seed: number) {
    this.#machine = machine;
    this.random = new Random(seed);
  }

  /** A number that this world has not used yet. */
  serial(): number {
    return ++this.#serial;
  }

  at(time: number, run: () => void): void {
    push(this.#heap, { at: Math.max(time, this.now), tie: this.random.next(), run });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.now + ms, resolve));
  }

  /** Whether something of probability `p` goes wrong now. */
  fault(p: number): boolean {
    const happens = !this.calm && this.random.chance(p);
    if (happens) this.counts.faults += 1;
    return happens;
  }

  violated(what: string): void {
    this.violations.push(`at ${this.now - Date.UTC(2030, 0, 1)} ms: ${what}`);
  }

  /** Runs what is due up to `until` (ms), each event to the end of all that follows from it. */
  async run(until: number): Promise<void> {
    await this.#machine.settle();
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until || this.violations.length > 0) break;
      pop(this.#heap);
      this.now = Math.max(this.now, next.at);
      next.run();
      await this.#machine.settle();
      this.counts.steps += 1;
      this.afterStep();
    }
    this.now = Math.max(this.now, until);
  }
}

function before(a: Event | undefined, b: Event | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

function push(heap: Event[], event: Event): void {
  heap.push(event);
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!before(heap[at], heap[parent])) break;
    swap(heap, at, parent);
    at = parent;
  }
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let least = before(heap[left], heap[at]) ? left : at;
    if (before(heap[right], heap[least])) least = right;
    if (least === at) return;
    swap(heap, at, least);
    at = least;
  }
}

function swap(heap: Event[], a: number, b: number): void {
  const [x, y] = [heap[a], heap[b]];
  if (x === undefined || y === undefined) return;
  heap[a] = y;
  heap[b] = x;
}
