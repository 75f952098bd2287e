/**
 * Contestants that are up at the same time, of whom one at most works: the others are held still, so that neither alarms nor
 * upkeep of theirs take the processor from the one under the clock. What comes due in them meanwhile waits.
 */
import { join } from 'node:path';
import type { Contestant, Entrant } from './contestant.ts';
import { processTree } from './processor.ts';

export class LineUp<C extends Contestant> {
  readonly #folder: string;
  readonly #members: C[] = [];
  readonly #held = new Set<number>();
  /** Whoever is held still can't be asked to end. */
  readonly #releaseAll = () => this.#signal([...this.#held], 'SIGCONT');

  /** `folder` is for the data of all; it is there. */
  constructor(folder: string) {
    this.#folder = folder;
    process.once('exit', this.#releaseAll);
  }

  get members(): readonly C[] {
    return this.#members;
  }

  /** Starts one more, does some work with it and holds it still. */
  async enter<Outcome>(entrant: Entrant<C>, work: (contestant: C) => Promise<Outcome>): Promise<Outcome> {
    const contestant = await entrant.start(join(this.#folder, entrant.name.replaceAll(/\W+/g, '-')));
    this.#members.push(contestant);
    const outcome = await work(contestant);
    this.#hold(contestant);
    return outcome;
  }

  /** Lets a member go on, does some work with it and holds it still again. */
  async call<Outcome>(member: C, work: (contestant: C) => Promise<Outcome>): Promise<Outcome> {
    this.#release(member);
    const outcome = await work(member);
    this.#hold(member);
    return outcome;
  }

  /** Stops everybody who is up. */
  async leave(): Promise<void> {
    this.#releaseAll();
    process.off('exit', this.#releaseAll);
    for (const member of this.#members.splice(0)) await member.stop();
  }

  #hold({ pids }: C): void {
    const tree = processTree(pids);
    for (const pid of tree) this.#held.add(pid);
    this.#signal(tree, 'SIGSTOP');
  }

  #release({ pids }: C): void {
    const tree = processTree(pids);
    this.#signal(tree, 'SIGCONT');
    for (const pid of tree) this.#held.delete(pid);
  }

  #signal(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended since.
      }
    }
  }
}
