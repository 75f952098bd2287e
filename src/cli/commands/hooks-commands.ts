import { readFile } from 'node:fs/promises';
import type { Schemas } from '../../client/index.ts';
import { command } from '../command.ts';
import { Complaint } from '../complaint.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { print, printJson, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { clean } from '../terminal/fitted.ts';
import { table } from '../terminal/table.ts';

interface Listed extends Flags {
  output?: 'json';
}

const COLUMNS = [
  { title: 'ID' },
  { title: 'NAME', gives: true },
  { title: 'SENDER' },
  { title: 'ACTION' },
  { title: 'URL' },
] as const;

export const HOOKS = command<Listed>({
  name: 'hooks list',
  isDefault: true,
  about: 'list hooks, at which other services make jobs and reports',
  options: [{ flags: '-o, --output <form>', about: 'as one JSON array', choices: ['json'] }],
  async act(_, { output, ...flags }) {
    const headway = await connect(flags);
    const hooks: Schemas['Hook'][] = [];
    for await (const hook of headway.hooks.list()) hooks.push(hook);
    if (output === 'json') printJson(hooks);
    else {
      const rows = hooks.map(({ hook_id, name, verification, mapping, url }) => [
        ...[hook_id, clean(name), verification.scheme, mapping.action, url],
      ]);
      for (const line of table(COLUMNS, rows, stdoutLook())) print(line);
    }
    return EXIT.ok;
  },
});

export const CREATE_HOOK = command<Flags>({
  name: 'hooks create',
  args: '<file>',
  about: 'create a hook from a file of JSON: name, verification, mapping; prints its URL',
  options: [],
  async act([file = ''], flags) {
    const headway = await connect(flags);
    const { url } = await headway.hooks.create((await jsonOf(file)) as Schemas['CreateHook']);
    print(url);
    return EXIT.ok;
  },
});

export const TEST_HOOK = command<Flags>({
  name: 'hooks test',
  args: '<id> <file>',
  about: 'show what a hook would make of a delivery whose body is in a file of JSON',
  options: [],
  async act([id = '', file = ''], flags) {
    const headway = await connect(flags);
    printJson(await headway.hooks.test(id, await jsonOf(file)));
    return EXIT.ok;
  },
});

export const DELETE_HOOK = command<Flags>({
  name: 'hooks delete',
  args: '<id>',
  about: 'delete a hook',
  options: [],
  async act([id = ''], flags) {
    await (await connect(flags)).hooks.delete(id);
    return EXIT.ok;
  },
});

async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Complaint(`${file}: ${(error as Error).message}`, EXIT.usage);
  }
}
