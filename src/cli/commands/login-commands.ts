import { isCancel, password, text } from '@clack/prompts';
import { Headway } from '../../client/index.ts';
import { command } from '../command.ts';
import { Complaint } from '../complaint.ts';
import { EXIT } from '../exit-codes.ts';
import { print } from '../output.ts';
import { keepProfile, profileFile, readProfile, removeProfile } from '../profile.ts';
import { addressOf, type Flags, usable } from '../settings.ts';

export const LOGIN = command<Flags>({
  name: 'login',
  args: '[url]',
  about: 'keep an address and a key for all commands that are told no other',
  options: [],
  more: `Asks for what is not given: the key is not shown as it is typed. Without a terminal the key is read from stdin. Both are tried, and kept in
\`$XDG_CONFIG_HOME/headway/profile.json\` (\`~/.config\`), which its owner alone may read. A flag goes before the environment
(\`HEADWAY_URL\`, \`HEADWAY_API_KEY\`), and that before the profile; a key of the profile is shown to its own service alone. Last of all come the
address and the token in \`HEADWAY_REPORT_URL\`, so that what [\`run\`](#run) has started needs no other.`,
  async act([given], { url = given, key }) {
    const before = await readProfile(process.env).catch(() => null);
    const address = addressOf(
      url ?? (await asked(() => text({ message: 'Where is the service?', initialValue: before?.url ?? '' }))),
    );
    const { apiKey } = usable({ url: address, apiKey: key ?? (await keyFor()) });
    const { organization_id, permissions } = await new Headway({ url: address, apiKey }).me();
    const file = await keepProfile(process.env, { url: address, api_key: apiKey });
    print(`Signed in to ${organization_id} at ${address} (${permissions.join(', ')}); kept in ${file}`);
    return EXIT.ok;
  },
});

export const LOGOUT = command<Flags>({
  name: 'logout',
  about: 'forget what login has kept',
  options: [],
  async act() {
    const was = await removeProfile(process.env);
    print(was ? `${profileFile(process.env)} is removed` : 'There was nothing to forget');
    return EXIT.ok;
  },
});

async function keyFor(): Promise<string> {
  if (process.stdin.isTTY) return asked(() => password({ message: 'A key of it?' }));
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const key = Buffer.concat(chunks).toString('utf8').trim();
  if (key === '') throw new Complaint('which key? --key, or on stdin', EXIT.usage);
  return key;
}

async function asked(ask: () => Promise<string | symbol>): Promise<string> {
  if (!process.stdin.isTTY) throw new Complaint('where is the service? headway login <url>', EXIT.usage);
  const answer = await ask();
  if (isCancel(answer) || typeof answer !== 'string')
    throw new Complaint('nothing is kept', EXIT.interrupted);
  return answer.trim();
}
