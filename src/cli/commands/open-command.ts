import { spawn } from 'node:child_process';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { print } from '../output.ts';
import { type Flags, settingsOf } from '../settings.ts';

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

export const OPEN = command<Flags & { print?: boolean; signIn?: boolean }>({
  name: 'open',
  args: '[id]',
  about: 'open the dashboard in a browser, or a job in it',
  options: [
    { flags: '--sign-in', about: 'by a link that signs the browser in, once and within ten minutes' },
    { flags: '--print', about: 'print the address alone' },
  ],
  async act([id], { print: printsAlone = false, signIn = false, ...flags }) {
    const settings = await settingsOf(flags, process.env);
    const page = new URL(id === undefined ? '/ui/' : `/ui/jobs/${encodeURIComponent(id)}`, settings.url).href;
    const address = signIn ? await signInLink(flags) : page;
    print(address);
    if (!printsAlone) await show(address).catch(() => undefined);
    return EXIT.ok;
  },
});

async function signInLink(flags: Flags): Promise<string> {
  const { url } = await (await connect(flags)).sessions.createCode();
  return url;
}

/** A machine without a browser shows nothing: the address is printed. */
function show(address: string): Promise<void> {
  const [file, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args, address], { stdio: 'ignore', detached: true });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
