/**
 * The bundle: the module that a deploy would upload, beside it the settings workerd needs to run it, and the service's
 * rules for its variables, for whoever starts it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ASSETS, buildAssets } from '../build/build-assets.ts';
import { buildUpload, CONFIG } from '../build/build-upload.ts';
import { Complaint } from '../command-line.ts';
import { BUNDLE, PROJECT } from '../home.ts';
import { CONFIG_MODULE } from './config-check.ts';
import { keepSettings, readSettings } from './settings.ts';

/** What `npm run deploy` hands to wrangler, by its name in the folder of a bundle. */
const UPLOAD = join('upload', 'worker.js');

/** Builds the bundle into `bundleDir`, as `wrangler deploy` would, without a word to the network. */
export async function buildBundle(bundleDir: string = BUNDLE): Promise<void> {
  const [assets] = await Promise.all([
    buildAssets(ASSETS, join(bundleDir, 'assets')),
    buildUpload(join(bundleDir, UPLOAD)),
  ]);
  const [, settings] = await Promise.all([
    dryRunDeploy(join(bundleDir, UPLOAD), bundleDir),
    readSettings(CONFIG),
    buildForNode(join(PROJECT, 'src', 'config.ts'), join(bundleDir, CONFIG_MODULE)),
  ]);
  await keepSettings(bundleDir, { ...settings, assets });
}

/**
 * The folder of a bundle, for a run of it: the one that HEADWAY_BUNDLE names, which a run before has built from these sources,
 * else a new one in `folder`.
 */
export async function bundleFor(folder: string): Promise<string> {
  const built = process.env.HEADWAY_BUNDLE ?? '';
  if (built !== '') return built;
  await buildBundle(folder);
  return folder;
}

/** Bundles `entry` into one plain module for the oldest Node that runs the service. */
export async function buildForNode(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' },
  });
}

/** `upload` bundled and minified by wrangler. */
async function dryRunDeploy(upload: string, bundleDir: string): Promise<void> {
  const wrangler = join(PROJECT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  // Without its name, a configuration is looked for above the module.
  const args = ['deploy', upload, '--config', CONFIG, '--dry-run', '--outdir', bundleDir];
  const child = spawn(process.execPath, [wrangler, ...args], {
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
