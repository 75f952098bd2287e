/** The page's section on watching. */
import { POLLS, type Poll } from '../polls/compare.ts';
import { median } from '../stats.ts';
import { amount, spreadText, table } from '../table.ts';
import { FLOOR_CONNECTIONS } from '../watch/reports.ts';
import type { Watch } from '../watch/watch.ts';

export function watching({ polls, latency, reports }: Watch): string[] {
  const over = (ratios: Watch['polls']['overBare'], poll: Poll) => {
    return poll === 'one' || poll === 'many' ? spreadText(ratios[poll]) : '–';
  };
  return [
    '## Watching',
    `Polls a second at ${polls.connections} connections. The object of the one job was read at most ` +
      `${polls.readsPerSecond.toFixed(1)} times a second.`,
    table(
      ['polls', 'a second', 'p99, ms', '÷ bare answer', '÷ bare read'],
      (Object.keys(POLLS) as Poll[]).map((poll) => [
        ...[POLLS[poll], amount(polls.perSecond[poll])],
        median(polls.samples[poll].map(({ p99 }) => p99)).toFixed(1),
        ...[over(polls.overBare, poll), over(polls.overRead, poll)],
      ]),
    ),
    'From a report’s answer to the whole frame that tells of it, over all watchers of one job; five reports a second.',
    table(
      ['watchers', 'reports', 'p50, ms', 'p99, ms'],
      latency.map(({ watchers, reports, p50, p99 }) => [
        ...[amount(watchers), amount(reports), p50.toFixed(1), p99.toFixed(1)],
      ]),
    ),
    `Reports on one job, each durable before its answer; the floor is its single reports at ${FLOOR_CONNECTIONS} connections.`,
    table(
      ['way', 'under way', 'reports a second', 'p50 / p99, ms', '÷ floor'],
      reports.map(({ way, underWay, perSecond, p50, p99, overFloor }) => [
        ...[way, String(underWay), amount(perSecond), `${p50.toFixed(1)} / ${p99.toFixed(1)}`],
        spreadText(overFloor),
      ]),
    ),
  ];
}
