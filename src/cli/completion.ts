import tab from '@bomb.sh/tab';
import type { Command, Option } from './command.ts';

/** The shells that have a completion. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Writes what a shell is to run once, so that it asks us how a line may go on. */
export function printScript(shell: string): void {
  tab.setup('headway', 'headway', shell);
}

/** Answers such a shell: `words` are what is typed so far, the last of them perhaps half. */
export function complete(
  commands: readonly Command[],
  groups: Record<string, string>,
  shared: readonly Option[],
  words: string[],
): void {
  for (const [name, about] of Object.entries(groups)) tab.command(name, about);
  for (const { name, args = '', about, options } of commands) {
    const made = tab.command(name, about);
    for (const argument of args.split(' ').filter(Boolean)) {
      made.argument(argument, undefined, argument.includes('...'));
    }
    for (const { flags, about: meaning, choices = [] } of [...options, ...shared]) {
      const [, short, long = '', value] = /^(?:-(\w), )?--([\w-]+)( .+)?$/.exec(flags) ?? [];
      if (value === undefined) made.option(long, meaning, short);
      else made.option(long, meaning, (offer) => choices.forEach((one) => void offer(one, '')), short);
    }
  }
  tab.parse(words);
}
