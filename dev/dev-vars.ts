/** `.dev.vars`: the secrets of a service on this machine, in the file that wrangler reads too. */
import { randomBytes } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { DEV_VARS } from './home.ts';
import { SECRETS } from './service/variables.ts';
import { ALLOW_PRIVATE } from './service/workerd-config.ts';

export { ALLOW_PRIVATE };

export type DevVars = Record<string, string>;

/** The variables in `.dev.vars`; none where there is no such file. */
export async function readDevVars(): Promise<DevVars> {
  return parseEnv(await readText()) as DevVars;
}

/** Reads `.dev.vars`, after giving it what it lacks: a random value for each secret, and leave to reach loopback. */
export async function completeDevVars(): Promise<DevVars & Record<(typeof SECRETS)[number], string>> {
  const text = await readText();
  const missing = [...SECRETS, ALLOW_PRIVATE].filter((name) => parseEnv(text)[name] === undefined);
  if (missing.length > 0) {
    const lines = missing.map((name) => `${name}="${name === ALLOW_PRIVATE ? '1' : randomSecret()}"\n`);
    const newline = text === '' || text.endsWith('\n') ? '' : '\n';
    await appendFile(DEV_VARS, newline + lines.join(''), { mode: 0o600 });
  }
  return (await readDevVars()) as DevVars & Record<(typeof SECRETS)[number], string>;
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

async function readText(): Promise<string> {
  try {
    return await readFile(DEV_VARS, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
