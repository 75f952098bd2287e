import { SocketHub } from '../kit/socket-hub';

/** Sockets that one job holds, of all kinds. Source: issue 6, "Limits". */
const SOCKETS_A_JOB = 5_000;

/** What the socket of a Worker is for: telling its client of the job, or taking its client's reports, who watches as well or who reports `alone`. */
export type JobSockets = SocketHub<'watch' | 'report' | 'alone'>;

export function jobSockets(ctx: DurableObjectState): JobSockets {
  return new SocketHub(ctx, ['watch', 'report', 'alone'], SOCKETS_A_JOB);
}
