/** One option of a command, as commander writes its flags. */
export interface Option {
  flags: string;
  about: string;
  /** What its text means; throws a `Complaint` where it has no meaning. */
  read?: (text: string) => unknown;
  required?: true;
  /** It may be given more than once, and is a list. */
  many?: true;
  /** All that it may be. */
  choices?: readonly string[];
}

/** One line of the table that the parser, help, completion and docs/cli.md are made from. */
export interface Command {
  /** As it is typed: `webhooks listen`. */
  name: string;
  /** Its arguments, as commander writes them. */
  args?: string;
  about: string;
  /** What else is to be known: paragraphs and lists of Markdown. */
  more?: string;
  options: readonly Option[];
  /** Its last word may be left out. */
  isDefault?: true;
  /** What follows the arguments belongs to another program. */
  passesOn?: true;
  /** Answers the exit code. */
  act(args: string[], options: object): Promise<number>;
}

/** A line whose options have types: `Options` says what the flags become. */
export function command<Options extends object>(
  line: Omit<Command, 'act'> & { act(args: string[], options: Options): Promise<number> },
): Command {
  return line as Command;
}
