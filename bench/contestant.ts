/** What is measured: a server that takes the requests of `measures.ts`, or some of them. */
import type { Target } from './load.ts';
import type { Measure } from './measures.ts';

export interface Contestant {
  /** As the tables name it. */
  name: string;
  target: Target;
  measures: ReadonlySet<Measure>;
  /** How long it goes on working after the last answer to a load (ms): nobody else is measured in that time. */
  afterglow(measure: Measure): number;
  stop(): Promise<unknown>;
}
