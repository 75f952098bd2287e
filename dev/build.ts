/** `npm run build`: the bundle that a deploy would upload, in `dist/`. */
import { runCommand } from './command-line.ts';
import { buildBundle } from './service.ts';

await runCommand(async () => {
  await buildBundle();
  return 0;
});
