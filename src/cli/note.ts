/** Says something about us, not about the work: one line on stderr. */
export function note(message: string): void {
  process.stderr.write(`headway: ${message.replaceAll(/\s+/g, ' ').trim()}\n`);
}
