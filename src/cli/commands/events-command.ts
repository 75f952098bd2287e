import type { EventFilter, FeedEvent, FollowedEvent, Headway } from '../../client/index.ts';
import { command, type Option } from '../command.ts';
import { connect } from '../connect.ts';
import { saysWhenLost } from '../connection.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { note } from '../note.ts';
import { onceThere } from '../once-there.ts';
import { wholeNumber } from '../option-values.ts';
import { print, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { clean } from '../terminal/fitted.ts';
import { bold, dim, type Look } from '../terminal/look.ts';

interface Options extends EventOptions {
  follow?: boolean;
  limit?: number;
  output?: 'jsonl';
}

export interface EventOptions extends Flags {
  type?: string;
  event?: FeedEvent['type'][];
  after?: string;
}

/** Which events are meant. */
export const EVENT_OPTIONS: readonly Option[] = [
  { flags: '--event <type>', about: 'of this type: `job.failed`', many: true },
  { flags: '--type <type>', about: 'of jobs of this type' },
];

const LIMIT = 20;
const PAGE = 100;
/** More pages in a row without an event than any feed has: it grows as fast as it is read. */
const EMPTY = 100;

export const EVENTS = command<Options>({
  name: 'events',
  about: 'print what happened to jobs, the oldest first',
  options: [
    { flags: '-f, --follow', about: 'go on with what happens; without --after from now on' },
    ...EVENT_OPTIONS,
    { flags: '--after <cursor>', about: 'begin behind this cursor, which the last line of -o jsonl shows' },
    {
      flags: '--limit <count>',
      about: 'without -f, at most so many: 20 by default, 0 for all',
      read: wholeNumber,
    },
    { flags: '-o, --output <form>', about: 'a line of JSON each', choices: ['jsonl'] },
  ],
  async act(_, { follow = false, after, limit = LIMIT, output, ...rest }) {
    const headway = await connect(rest);
    const { look } = stdoutLook();
    const show = (one: FeedEvent | FollowedEvent) =>
      print(output === 'jsonl' ? JSON.stringify(one) : lineOf(one, look));
    const filter = {
      ...eventFilterOf(rest),
      ...(after === undefined ? {} : { after }),
    };
    return untilInterrupted(async (signal) => {
      if (!follow) {
        for await (const one of read(headway, { ...filter, signal }, limit || Number.POSITIVE_INFINITY))
          show(one);
        return EXIT.ok;
      }
      const told = saysWhenLost(note);
      const showAll = async () => {
        for await (const one of headway.events({ after: 'now', ...filter, signal, told })) show(one);
      };
      await onceThere(showAll, told, signal);
      return EXIT.ok;
    });
  },
});

/** What is there, page after page: one is short or empty where much was passed over, and the last leads nowhere. */
async function* read(
  headway: Headway,
  filter: EventFilter,
  most: number,
): AsyncGenerator<FeedEvent | FollowedEvent> {
  let { after } = filter;
  for (let [left, empty] = [most, 0]; left > 0 && empty < EMPTY; ) {
    const { events, next_cursor } = await headway.readEvents({
      ...filter,
      after,
      limit: Math.min(left, PAGE),
    });
    // The page's cursor is behind all of it.
    yield* events.map((event, n) => (n < events.length - 1 ? event : { ...event, cursor: next_cursor }));
    if (next_cursor === after) return;
    after = next_cursor;
    left -= events.length;
    empty = events.length === 0 ? empty + 1 : 0;
  }
}

/** The same as the service is asked for them. */
export function eventFilterOf({ type, event }: EventOptions) {
  return {
    ...(type === undefined ? {} : { job_type: type }),
    ...(event === undefined ? {} : { types: event }),
  };
}

/** An event as a line for people. */
export function lineOf({ at, type, job_id, data }: FeedEvent, look: Look): string {
  const message = 'message' in data && typeof data.message === 'string' ? clean(data.message) : '';
  return [dim(look, at), bold(look, type), job_id ?? '', message].filter((part) => part !== '').join('  ');
}
