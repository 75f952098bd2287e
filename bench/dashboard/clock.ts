/** The time (ms since 1970), as finely as a page has it: two processes of one machine compare it. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}
