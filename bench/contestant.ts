/** What is measured: a server that takes the requests of `measures.ts`, or some of them. */
import type { Target } from './load.ts';
import type { Measure } from './measures.ts';

export interface Contestant {
  /** As the tables name it. */
  name: string;
  kind: 'service' | 'floor' | 'peer';
  target: Target;
  measures: ReadonlySet<Measure>;
  /** The processes it was started as: all others that it consists of descend from them. */
  pids: readonly number[];
  stop(): Promise<unknown>;
}

/** A contestant that can be started, each time with new data of its own. */
export interface Entrant<C extends Contestant = Contestant> {
  name: string;
  /** `folder` is not there yet; its parent is. */
  start(folder: string): Promise<C>;
}
