import { Argument, Command as Commander, Option as CommanderOption, InvalidArgumentError } from 'commander';
import type { Command, Option } from './command.ts';
import { Complaint } from './complaint.ts';
import { EXIT } from './exit-codes.ts';

/** The parser of a table: `parseAsync` runs what is typed, and `ended` hears the exit code. */
export function parserOf(
  commands: readonly Command[],
  groups: Record<string, string>,
  shared: readonly Option[],
  version: string,
  ended: (code: number) => void,
): Commander {
  const program = new Commander('headway')
    .description('Reports, watches and runs jobs of Headway.')
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError('(headway help)')
    .exitOverride();
  for (const line of commands) {
    const names = line.name.split(' ');
    const parent = names.length > 1 ? groupOf(program, names[0] ?? '', groups) : program;
    const made = parent.command(names.at(-1) ?? '', { isDefault: line.isDefault === true });
    made.description(line.about).exitOverride();
    for (const argument of line.args?.split(' ') ?? []) made.addArgument(new Argument(argument));
    for (const option of [...line.options, ...shared]) made.addOption(optionOf(option));
    if (line.passesOn) made.passThroughOptions();
    made.action(async () => ended(await line.act(made.args, made.opts())));
  }
  return program;
}

function groupOf(program: Commander, name: string, groups: Record<string, string>): Commander {
  const known = program.commands.find((one) => one.name() === name);
  return (
    known ??
    program
      .command(name)
      .description(groups[name] ?? '')
      .exitOverride()
  );
}

function optionOf({ flags, about, read, many, choices, required }: Option): CommanderOption {
  const option = new CommanderOption(flags, about.replaceAll('`', ''));
  if (choices !== undefined) option.choices([...choices]);
  if (required) option.makeOptionMandatory();
  option.argParser((text: string, before: unknown) => {
    if (choices !== undefined && !choices.includes(text)) {
      throw new InvalidArgumentError(`Allowed are ${choices.join(', ')}.`);
    }
    const value = read === undefined ? text : readOption(flags, text, read);
    return many === undefined ? value : [...((before as unknown[]) ?? []), value];
  });
  return option;
}

/** The exit code of what a parser has thrown; undefined where it is no error of the command line. */
export function usageCode(error: unknown): number | undefined {
  if (error instanceof Complaint) return error.code;
  const { code, exitCode } = error as { code?: unknown; exitCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('commander.')) return undefined;
  return exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/** A complaint names the option that it is about. */
function readOption(flags: string, text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    const [option] = flags.split(' ');
    throw new Complaint(`${option}: ${error.message}`, error.code);
  }
}
