/** What is reported, and when each change was answered and shown. */
import { quantile } from '../stats.ts';
import { clock } from './clock.ts';
import type { Shown } from './list-page.ts';

export type Kind = 'progress' | 'stage' | 'status';
/** The way of progress, each step from the one before: to the index, out of the feed's stream, onto the screen. */
export type Step = 'index' | 'stream' | 'screen';

/** One change of one job: the text that its row is to have, and when (ms since 1970). */
interface Change {
  kind: Kind;
  state: string;
  answeredAt: number | null;
  shownAt: number | null;
  /** When the index had it, and when the feed's stream told it; null where nobody listens. */
  passedAt: readonly [index: number, stream: number] | null;
}

/** From a report's answer to its being shown (ms). */
export interface Delays {
  changes: number;
  p50: number;
  p99: number;
  max: number;
}

/**
 * The changes that are on their way to the screen, a job's in order. One whose row shows a later change of its job is shown too,
 * but was overtaken; one whose row shows neither is missed.
 */
export class Changes {
  readonly #underWay = new Map<string, Change[]>();
  readonly #delays: Record<Kind, number[]> = { progress: [], stage: [], status: [] };
  readonly #steps: Record<Step, number[]> = { index: [], stream: [], screen: [] };
  overtaken = 0;

  /** A change is about to be reported; the answer is told to what this answers. */
  begin(job: string, kind: Kind, state: string): () => void {
    const change: Change = { kind, state, answeredAt: null, shownAt: null, passedAt: null };
    const own = this.#underWay.get(job) ?? [];
    this.#underWay.set(job, own);
    own.push(change);
    return () => {
      change.answeredAt = clock();
      this.#settle(change);
    };
  }

  /** Progress was told by the feed's stream: since when the index had it, and when it came (ms since 1970). */
  passed(job: string, state: string, index: number, stream: number): void {
    const change = this.#underWay.get(job)?.findLast((one) => one.state === state);
    if (change !== undefined) change.passedAt = [index, stream];
  }

  take(shown: readonly Shown[]): void {
    for (const [job, state, at] of shown) {
      const own = this.#underWay.get(job) ?? [];
      const index = own.findLastIndex((change) => change.state === state);
      for (const change of own.splice(0, index + 1)) {
        change.shownAt = at;
        if (change.state !== state) this.overtaken += 1;
        this.#settle(change);
      }
    }
  }

  /** Changes that are not shown so far. */
  get missed(): number {
    return [...this.#underWay.values()].reduce((sum, own) => sum + own.length, 0);
  }

  /** Those that are missed count as shown never. */
  delays(kinds: readonly Kind[]): Delays {
    const missed = [...this.#underWay.values()].flat().filter(({ kind }) => kinds.includes(kind));
    const all = [
      ...kinds.flatMap((kind) => this.#delays[kind]),
      ...missed.map(() => Number.POSITIVE_INFINITY),
    ];
    return delaysOf(all);
  }

  /** Where progress spent its time, as far as the feed was listened to. */
  steps(): [Step, Delays][] {
    return (Object.entries(this.#steps) as [Step, number[]][]).map(([step, all]) => [step, delaysOf(all)]);
  }

  #settle({ kind, answeredAt, shownAt, passedAt }: Change): void {
    if (answeredAt === null || shownAt === null) return;
    if (passedAt !== null) {
      const [index, stream] = passedAt;
      this.#steps.index.push(index - answeredAt);
      this.#steps.stream.push(stream - index);
      this.#steps.screen.push(shownAt - stream);
    }
    // A change of status is told before it is answered.
    this.#delays[kind].push(Math.max(shownAt - answeredAt, 0));
  }
}

function delaysOf(all: readonly number[]): Delays {
  const sorted = Float64Array.from(all).sort();
  const at = (share: number) => (sorted.length === 0 ? Number.NaN : quantile(sorted, share));
  return { changes: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
