/** The service in one module, without what only its description needs: what is given to wrangler to deploy. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { PROJECT } from '../home.ts';
import { withoutDocs } from './without-docs.ts';

/** What wrangler is told of the service. */
export const CONFIG = join(PROJECT, 'wrangler.toml');

/** Writes it to `outfile`, its source map in it. What wrangler does to any module, it still does to this one. */
export async function buildUpload(outfile: string): Promise<void> {
  const wrangler = await import('wrangler');
  const { main = '', alias = {} } = wrangler.unstable_readConfig({ config: CONFIG }, { hideWarnings: true });
  await build({
    entryPoints: [main],
    outfile,
    ...{ bundle: true, format: 'esm', target: 'es2024', sourcemap: 'inline', logLevel: 'warning' },
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    plugins: [aliases(alias), undocumented],
  });
}

/** As wrangler has them: of a module's name as it is written, another file. */
function aliases(files: Record<string, string>): Plugin {
  return {
    name: 'aliases',
    setup(bundler) {
      bundler.onResolve({ filter: /./ }, ({ path }) => {
        const file = files[path];
        return file === undefined ? null : { path: join(PROJECT, file) };
      });
    },
  };
}

const undocumented: Plugin = {
  name: 'undocumented',
  setup(bundler) {
    bundler.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(join(PROJECT, 'src'))) return null;
      return { contents: withoutDocs(path, await readFile(path, 'utf8')), loader: 'ts' };
    });
  },
};
