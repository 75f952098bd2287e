import { type Look, lookOf } from './terminal/look.ts';

/** Writes a line on stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** How stdout looks, and how wide it is: a file is as wide as its lines are. */
export function stdoutLook(): { look: Look; width: number } {
  const { isTTY, columns } = process.stdout;
  return {
    look: lookOf(process.env, isTTY === true),
    width: isTTY ? columns || 80 : Number.POSITIVE_INFINITY,
  };
}

/** What was made or found, as JSON that people can read too. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
