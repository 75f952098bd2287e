/** What every command of this folder shares: its options, how it is refused and how it ends. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** An expected failure: its message is for the person who typed the command, its stack is not. */
export class Complaint extends Error {}

/** Runs a command; what it answers is the exit code, a complaint is one line and exit code 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(error instanceof Complaint ? error.message : error);
    process.exitCode = 1;
  }
}

/** The port in `PORT`, 8787 where it is unset, 0 for any free one. */
export function portFromEnvironment(): number {
  const text = process.env.PORT || '8787';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Complaint(
      `PORT is ${JSON.stringify(text)}; it takes a number up to 65535, 0 for any free one.`,
    );
  }
  return port;
}

/** The command's options; one it does not know is a complaint. */
export function commandOptions<const T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Complaint((error as Error).message, { cause: error });
  }
}
