/** How a command ends, but for `run`, which ends as its child does. */
export const EXIT = {
  ok: 0,
  /** The service refused, or could not be reached; of `watch --exit-status`: a job has failed. */
  failed: 1,
  /** The command was typed wrong, or nobody knows which service is meant. */
  usage: 2,
  /** Of `watch --exit-status`. */
  cancelled: 3,
  /** Of `watch --exit-status`: a job has ended with failed items. */
  partial: 4,
  /** Of `watch --timeout`, as `timeout` of coreutils says it. */
  timeout: 124,
  /** Ctrl-C. */
  interrupted: 130,
  /** Who read what it writes has ended: as by a broken pipe, signal 13. */
  unread: 141,
  /** Of `run`, as shells say it: the command is no program that may be started, or there is none. */
  notExecutable: 126,
  notFound: 127,
  /** A signal n ends it with 128 + n. */
  signal: 128,
} as const;
