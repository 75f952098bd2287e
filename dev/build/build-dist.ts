/** What is hosted without this checkout: the bundle, how to start it, and what it needs. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../home.ts';
import { buildBundle, buildForNode } from '../service/bundle.ts';
import { settingsOf } from '../service/settings.ts';
import { SECRETS, VARIABLES } from '../service/variables.ts';
import { workerdConfig } from '../service/workerd-config.ts';

const HOSTING = join(PROJECT, 'hosting');

/** Builds all of it into `distDir`. */
export async function buildDist(distDir: string): Promise<void> {
  await buildBundle(distDir);
  await Promise.all([
    ...['start', 'backup'].map((name) =>
      buildForNode(join(PROJECT, 'dev', 'build', `${name}.ts`), join(distDir, `${name}.js`)),
    ),
    writeFile(join(distDir, 'workerd.capnp'), await plainConfig(distDir)),
    writeFile(join(distDir, 'package.json'), await packageJson()),
    ...(await readdir(HOSTING)).map((name) => copyFile(join(HOSTING, name), join(distDir, name))),
  ]);
}

/**
 * For who runs `workerd` without Node: every variable comes from the environment, and has its own default. The hosts of
 * `WEBHOOK_HOSTS` are not known yet: the way to them is there, and taken for them alone.
 */
async function plainConfig(distDir: string): Promise<string> {
  const beside = { moduleBeside: true, privateNetwork: true };
  return workerdConfig(await settingsOf(distDir), [...SECRETS, ...VARIABLES], beside);
}

/** The one dependency, at the version that the tests run on. */
async function packageJson(): Promise<string> {
  const { name, version, license, devDependencies } = JSON.parse(
    await readFile(join(PROJECT, 'package.json'), 'utf8'),
  );
  const { workerd } = devDependencies;
  return `${JSON.stringify(
    {
      ...{ name, version, private: true, license, type: 'module', engines: { node: '>=20' } },
      ...{ scripts: { start: 'node start.js' }, dependencies: { workerd }, allowScripts: { workerd: true } },
    },
    null,
    2,
  )}\n`;
}
