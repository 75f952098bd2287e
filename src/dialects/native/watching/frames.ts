import type { Frame } from '../../../http/event-stream';
import type { Closed, EntryLine, WatchNews } from '../../../services/watching/watch';
import { toTime } from '../../times';
import { jobText, toSummary } from '../jobs/mapper';

const made = new WeakMap<Exclude<WatchNews, Closed>, readonly Frame[]>();

/** What a watcher is told as the frames of surface A, those of one delivery together; made once for all that are told it. */
export function toFrames(told: Exclude<WatchNews, Closed>): readonly Frame[] {
  const frames = made.get(told) ?? framesOf(told);
  made.set(told, frames);
  return frames;
}

function framesOf(told: Exclude<WatchNews, Closed>): Frame[] {
  const { revision } = told;
  switch (told.type) {
    case 'snapshot': {
      const snapshot = {
        event: 'snapshot',
        id: revision,
        data: `{"revision":${revision},"job":${jobText(told.view)}}`,
      };
      return told.resync ? [{ event: 'resync', data: JSON.stringify({ revision }) }, snapshot] : [snapshot];
    }
    case 'update': {
      const job = told.job === null ? '' : `"job":${updatedJob(told.job)},`;
      const data = `{"revision":${revision},${job}"entries":[${told.entries.map(toEntry).join(',')}]}`;
      return [{ event: 'update', id: revision, data }];
    }
    case 'moved':
      return [];
    case 'end':
      return [{ event: 'end', data: JSON.stringify({ revision }) }];
  }
}

/** The job without errors and warnings, which a reader has from the entries; metadata and result where they are news. */
function updatedJob({
  summary,
  metadata,
  result,
}: NonNullable<Extract<WatchNews, { type: 'update' }>['job']>): string {
  const news = [
    ...(metadata === null ? [] : [`,"metadata":${metadata}`]),
    ...(result === null ? [] : [`,"result":${result}`]),
  ];
  return `${JSON.stringify(toSummary(summary)).slice(0, -1)}${news.join('')}}`;
}

/**
 * `{revision, k, kind, at, data}`: `k` is the place within the revision, `at` UTC with milliseconds, `data` the body of its
 * kind: `{level, message}` of a log, contract A's JobErrorResponse of an error or a warning, `{type, message, status, …}` of
 * an event.
 */
function toEntry({ revision, k, kind, at, data }: EntryLine): string {
  return `{"revision":${revision},"k":${k},"kind":"${kind}","at":"${toTime(at)}","data":${data}}`;
}
