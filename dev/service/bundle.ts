/** The bundle: the module that a deploy would upload, and beside it the settings workerd needs to run it. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../command-line.ts';
import { BUNDLE, PROJECT } from '../home.ts';
import { readSettings, type WorkerSettings } from './settings.ts';

/** Builds the bundle into `bundleDir`, as `wrangler deploy` would, without a word to the network. */
export async function buildBundle(bundleDir: string = BUNDLE): Promise<void> {
  const [, settings] = await Promise.all([
    dryRunDeploy(bundleDir),
    readSettings(join(PROJECT, 'wrangler.toml')),
  ]);
  await writeFile(settingsFile(bundleDir), `${JSON.stringify(settings, null, 2)}\n`);
}

/** The settings of a finished bundle. */
export async function settingsOf(bundleDir: string): Promise<WorkerSettings> {
  try {
    return JSON.parse(await readFile(settingsFile(bundleDir), 'utf8')) as WorkerSettings;
  } catch (error) {
    throw new Complaint(`There is no bundle in ${bundleDir}; build it first.`, { cause: error });
  }
}

function settingsFile(bundleDir: string): string {
  return join(bundleDir, 'settings.json');
}

async function dryRunDeploy(bundleDir: string): Promise<void> {
  const wrangler = join(PROJECT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const child = spawn(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', bundleDir], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      // The banner is what looks for a newer version of wrangler.
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_WRITE_LOGS: 'false',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Complaint(`The bundle could not be built.\n${output.trim()}`);
}
