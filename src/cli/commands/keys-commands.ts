import type { Schemas } from '../../client/index.ts';
import { PRESETS } from '../../domain/access/preset.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { seconds } from '../option-values.ts';
import { print, printJson, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { ago } from '../terminal/figures.ts';
import { clean } from '../terminal/fitted.ts';
import { table } from '../terminal/table.ts';

type KeyPreset = NonNullable<Schemas['CreateKey']['preset']>;

interface Listed extends Flags {
  output?: 'json';
}

interface Made extends Flags {
  preset: KeyPreset;
  type?: string[];
  expires?: string;
}

const COLUMNS = [
  { title: 'ID' },
  { title: 'NAME', gives: true },
  { title: 'USED' },
  { title: 'EXPIRES' },
  { title: 'MAY' },
] as const;

export const KEYS = command<Listed>({
  name: 'keys list',
  isDefault: true,
  about: 'list keys',
  options: [{ flags: '-o, --output <form>', about: 'as one JSON array', choices: ['json'] }],
  async act(_, { output, ...flags }) {
    const headway = await connect(flags);
    const keys: Schemas['ApiKey'][] = [];
    for await (const key of headway.keys.list()) keys.push(key);
    if (output === 'json') printJson(keys);
    else {
      const now = Date.now();
      const rows = keys.map(({ key_id, name, last_used_at, expires_at, revoked_at, permissions }) => [
        key_id,
        clean(name),
        last_used_at === null ? 'never' : `${ago(last_used_at, now)} ago`,
        revoked_at === null ? (expires_at ?? 'never') : 'revoked',
        permissions.join(' '),
      ]);
      for (const line of table(COLUMNS, rows, stdoutLook())) print(line);
    }
    return EXIT.ok;
  },
});

export const CREATE_KEY = command<Made>({
  name: 'keys create',
  args: '<name>',
  about: 'create a key, and print its secret: it is never shown again',
  options: [
    {
      flags: '--preset <preset>',
      about: 'what it may do',
      choices: PRESETS,
      required: true,
    },
    { flags: '--type <type>', about: 'for jobs of this type alone', many: true },
    { flags: '--expires <time>', about: 'until when it is good, as RFC 3339 writes it' },
  ],
  async act([name = ''], { preset, type, expires, ...flags }) {
    const headway = await connect(flags);
    const { api_key } = await headway.keys.create({
      ...{ name, preset },
      ...(type === undefined ? {} : { job_types: type }),
      ...(expires === undefined ? {} : { expires_at: expires }),
    });
    print(api_key);
    return EXIT.ok;
  },
});

export const ROTATE_KEY = command<Flags & { grace?: number }>({
  name: 'keys rotate',
  args: '<id>',
  about: 'give a key another secret, and print that',
  options: [
    { flags: '--grace <time>', about: 'how long the one before opens too: a day by default', read: seconds },
  ],
  async act([id = ''], { grace, ...flags }) {
    const headway = await connect(flags);
    const { api_key } = await headway.keys.rotate(id, grace === undefined ? {} : { grace_period: grace });
    print(api_key);
    return EXIT.ok;
  },
});

export const REVOKE_KEY = command<Flags>({
  name: 'keys revoke',
  args: '<id>',
  about: 'revoke a key',
  options: [],
  async act([id = ''], flags) {
    await (await connect(flags)).keys.revoke(id);
    return EXIT.ok;
  },
});
