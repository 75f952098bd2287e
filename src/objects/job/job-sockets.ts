import { SocketHub } from '../kit/socket-hub';

/** Sockets that one job holds, of both kinds. Source: issue 6, "Limits". */
const SOCKETS_A_JOB = 5_000;

/** What the socket of a Worker is for: telling its client of the job, or taking its client's reports. */
export type JobSockets = SocketHub<'watch' | 'report'>;

export function jobSockets(ctx: DurableObjectState): JobSockets {
  return new SocketHub(ctx, ['watch', 'report'], SOCKETS_A_JOB);
}
