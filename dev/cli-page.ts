/** `npm run cli:page`: writes docs/cli.md from the table of commands; `--check` complains where it says something else. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMANDS, SHARED } from '../src/cli/commands.ts';
import { pageOf } from './cli-page/page-of.ts';
import { Complaint, commandOptions, runCommand } from './command-line.ts';
import { PROJECT } from './home.ts';

const PAGE = join(PROJECT, 'docs', 'cli.md');

await runCommand(async () => {
  const { check } = commandOptions({ check: { type: 'boolean' } });
  const page = pageOf(COMMANDS, SHARED);
  if (!check) await writeFile(PAGE, page);
  else if ((await readFile(PAGE, 'utf8')) !== page)
    throw new Complaint('docs/cli.md is stale: npm run cli:page');
  return 0;
});
