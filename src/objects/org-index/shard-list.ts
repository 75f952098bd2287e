import type { Summary } from '../../domain/job/summary';
import type { ListAsk, ListFilter, ListPart, ListPosition } from './contract';
import { countJobs } from './count-jobs';
import { exportStream } from './export-stream';
import type { Looks } from './looks';
import type { ShardStats } from './shard-stats';
import type { SummaryList } from './summary-list';

type Where = [ListPosition | null, number, number, ListAsk?];

/** What a shard answers of its list: its summaries, with what it knows of their types. */
export class ShardList {
  readonly #list: SummaryList;
  readonly #stats: Pick<ShardStats, 'paced'>;
  readonly #looks: Pick<Looks, 'shown'>;

  constructor(list: SummaryList, stats: Pick<ShardStats, 'paced'>, looks: Pick<Looks, 'shown'>) {
    this.#list = list;
    this.#stats = stats;
    this.#looks = looks;
  }

  /** Summaries, newest first, from behind `before`; in parts of about `bytes` for whoever names them. */
  page(
    filter: ListFilter,
    before: ListPosition | null,
    limit: number,
    bytes?: number,
    ask?: ListAsk,
  ): Summary[] | ListPart {
    const found =
      bytes === undefined
        ? this.#list.whole(filter, before, limit)
        : this.#part(filter, before, limit, bytes, ask);
    if (!ask?.unseen) this.#looks.shown(Array.isArray(found) ? found : found.jobs);
    return found;
  }

  /** The same as a stream of lines. */
  export(filter: ListFilter, before: ListPosition | null, limit: number): ReadableStream<Uint8Array> {
    return exportStream((...ask) => this.#part(filter, ...ask), before, limit);
  }

  count(filter: ListFilter, without: readonly string[], most: number) {
    return countJobs((...ask) => this.#list.part(filter, ...ask), without, most);
  }

  #part(filter: ListFilter, ...where: Where): ListPart {
    const { jobs, ...part } = this.#list.part(filter, ...where);
    return { ...part, jobs: this.#stats.paced(jobs, Date.now()) };
  }
}
