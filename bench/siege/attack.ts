/** What an attack is: one way to make a service cost its other callers more than a request is worth. */
import type { Ground } from './ground.ts';

export interface Attack {
  name: string;
  /** Makes what the attack needs, before the victim is looked at, and answers the attack itself. */
  prepare(ground: Ground): Promise<Assault>;
  /** Seconds that it lasts at least in the long form, where its point comes late. */
  least?: number;
  /** How often what must have been met, in either form: an attack that does not come about shows nothing. It goes on for that. */
  proof: Readonly<Record<string, number>>;
  /** What it counts that opens an object each: the runtime itself keeps memory for those. */
  opens?: string;
  /** What the service is set to, where it is not to be without limits. */
  settings?: Record<string, string>;
  /** The victim's p99 stays within so many times what it is alone, besides the aims of every attack. */
  factor?: number;
  /** Left out of the short form. */
  longOnly?: boolean;
}

/** Attacks until it is called off. What it leaves open stays open until its process ends. */
export type Assault = (calledOff: AbortSignal) => Promise<void>;

/** What became of an attack, as its process tells it. */
export interface Outcome {
  /** How often what was answered or done, by its name. */
  counts: Record<string, number>;
  /** What must not have happened, each once. */
  faults: string[];
}
