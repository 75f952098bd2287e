/** Lines of a stack that a failure is told with, and causes. */
const STACK_LINES = 10;
const CAUSES = 5;

/** Why a job failed, from what was thrown: its name and message, where it was thrown, and what caused it. */
export function reasonOf(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? thrown : `thrown: ${textOf(thrown)}`;
  const { name, message, stack = '', cause } = thrown;
  const said = message === '' ? name : `${name}: ${message}`;
  // Where an engine writes the message above the stack it is not told twice.
  const lines = stack.slice(stack.startsWith(said) ? said.length : 0).split('\n');
  const tail = lines.filter((line) => line.trim()).slice(0, STACK_LINES);
  const whole = [said, ...tail].join('\n');
  if (cause === undefined || depth >= CAUSES) return whole;
  return `${whole}\ncaused by ${reasonOf(cause, depth + 1)}`;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
