/** `npm run serve`: the service hosted from this checkout. It builds, and then does what `dist/start.js` does. */
import { buildDist } from './build/build-dist.ts';
import { commandOptions, runCommand } from './command-line.ts';
import { BUNDLE, DATA } from './home.ts';
import { serve } from './serve/serve.ts';

await runCommand(async () => {
  const options = commandOptions({ 'no-build': { type: 'boolean' } });
  if (!options['no-build']) await buildDist(BUNDLE);
  return serve(BUNDLE, DATA);
});
