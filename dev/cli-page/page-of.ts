import type { Command, Option } from '../../src/cli/command.ts';
import { INTRODUCTION } from './introduction.ts';

/** docs/cli.md: the introduction, and each command of the table. */
export function pageOf(commands: readonly Command[], shared: readonly Option[]): string {
  const rows = commands.map(({ name, about }) => `| [\`${name}\`](#${anchorOf(name)}) | ${about} |`);
  return `${[
    INTRODUCTION,
    '## Commands',
    ['| | |', '| --- | --- |', ...rows].join('\n'),
    'Every command takes these; `--help` shows all of one.',
    tableOf(shared),
    ...commands.map(sectionOf),
  ].join('\n\n')}\n`;
}

function sectionOf({ name, args, about, more, options }: Command): string {
  const usage = [
    'headway',
    name,
    ...(options.length > 0 ? ['[options]'] : []),
    ...(args === undefined ? [] : [args]),
  ];
  return [
    `### \`${name}\``,
    `    ${usage.join(' ')}`,
    `${about.charAt(0).toUpperCase()}${about.slice(1)}.`,
    ...(options.length > 0 ? [tableOf(options)] : []),
    ...(more === undefined ? [] : [more]),
  ].join('\n\n');
}

function tableOf(options: readonly Option[]): string {
  const rows = options.map(({ flags, about, choices, many, required }) => {
    const notes = [
      ...(choices === undefined ? [] : [choices.map((one) => `\`${one}\``).join(', ')]),
      ...(many ? ['may be given more than once'] : []),
      ...(required ? ['needed'] : []),
    ];
    return `| \`${flags}\` | ${[about, ...notes].join('; ')} |`;
  });
  return ['| | |', '| --- | --- |', ...rows].join('\n');
}

function anchorOf(name: string): string {
  return name.replaceAll(' ', '-');
}
