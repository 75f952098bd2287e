/** `npm run build`: in `dist/`, what a deploy would upload and all that hosting it needs beside the package `workerd`. */
import { buildDist } from './build/build-dist.ts';
import { runCommand } from './command-line.ts';
import { BUNDLE } from './home.ts';

await runCommand(async () => {
  await buildDist(BUNDLE);
  return 0;
});
