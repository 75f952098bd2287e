/**
 * All contestants, round by round. In each round everybody is started anew and measured while its data is fresh; its last
 * measure there is creation, and then it is held still while the others are measured. At last each goes on and is measured
 * again, in the midst of what its own creations have left to be done.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addSample, type Cell, type State, told } from './cells.ts';
import type { Contestant, Entrant } from './contestant.ts';
import { LineUp } from './line-up.ts';
import { load } from './load.ts';
import { MANY, type Measure, prepareJobs, workload } from './measures.ts';
import { untilQuiet } from './quiet.ts';

export interface RoundsPlan {
  measures: readonly Measure[];
  connections: readonly number[];
  /** Those at which a peer is measured. */
  peerConnections: readonly number[];
  rounds: number;
  seconds: number;
  warmup: number;
  /** How old creations are at least when a contestant is measured after them (ms). */
  rest: number;
}

/** What is measured after creations, and at how many connections. */
const AFTER: readonly Measure[] = ['report-200', 'poll', 'list', 'create'];
const AFTER_CONNECTIONS = 16;

/** Measures everyone at everything; `tell` hears of each sample. */
export async function runRounds(
  entrants: readonly Entrant[],
  folder: string,
  plan: RoundsPlan,
  tell: (line: string) => void,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const place = join(folder, `round-${round}`);
    // PostgreSQL is another user, whose folder is in here.
    await mkdir(place, { recursive: true, mode: 0o711 });
    const lineUp = new LineUp(place);
    const players = new Map<Contestant, Player>();
    const tellOf = (line: string) => tell(`round ${round + 1}  ${line}`);
    try {
      // Whoever begins has another one before it in each round.
      for (const [turn] of entrants.entries()) {
        await lineUp.enter(entrants[(turn + round) % entrants.length] as Entrant, async (contestant) => {
          const player = new Player(contestant, workload(await prepareJobs(contestant.target)), plan);
          players.set(contestant, player);
          await player.measureFresh(cells, tellOf);
        });
      }
      for (const [contestant, player] of players) {
        await sleep(player.untilRested);
        await lineUp.call(contestant, () => player.measureAfter(cells, tellOf));
      }
    } finally {
      await lineUp.leave();
    }
  }
  return cells;
}

/** A contestant in one round, with the jobs that it is measured with. */
class Player {
  readonly #contestant: Contestant;
  readonly #requests: ReturnType<typeof workload>;
  readonly #plan: RoundsPlan;
  #created = 0;

  constructor(contestant: Contestant, requests: ReturnType<typeof workload>, plan: RoundsPlan) {
    this.#contestant = contestant;
    this.#requests = requests;
    this.#plan = plan;
  }

  /** Milliseconds until its creations have rested. */
  get untilRested(): number {
    return Math.max(0, this.#created + this.#plan.rest - performance.now());
  }

  /** Creation is the last: it is what a contestant is no longer fresh after. */
  async measureFresh(cells: Cell[], tell: (line: string) => void): Promise<void> {
    const { measures, connections, peerConnections } = this.#plan;
    const isPeer = this.#contestant.kind === 'peer';
    for (const measure of measures.toSorted((a, b) => Number(a === 'create') - Number(b === 'create'))) {
      for (const count of isPeer ? peerConnections : connections) {
        await this.#measure(measure, count, 'fresh', cells, tell);
      }
    }
    this.#created = performance.now();
  }

  /** At once, whatever it still has to do. */
  async measureAfter(cells: Cell[], tell: (line: string) => void): Promise<void> {
    const isAsked = (measure: Measure) => this.#plan.measures.includes(measure);
    for (const measure of AFTER.filter(isAsked)) {
      await this.#measure(measure, AFTER_CONNECTIONS, 'after creations', cells, tell);
    }
  }

  async #measure(
    measure: Measure,
    connections: number,
    state: State,
    cells: Cell[],
    tell: (line: string) => void,
  ): Promise<void> {
    const { name, target, pids, measures } = this.#contestant;
    if (!measures.has(measure)) return;
    const quiet = state === 'fresh' ? await untilQuiet(pids) : null;
    const { seconds, warmup } = this.#plan;
    const shape = { connections, seconds, warmup, warmAnswers: MANY };
    const sample = { ...(await load(target, this.#requests[measure], shape)), quiet };
    const place = { contestant: name, measure, connections, state };
    addSample(cells, place, sample);
    tell(told(place, sample));
  }
}
