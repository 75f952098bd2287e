/** `dist/backup.js <folder>`: copies the data in `DATA_DIR` to a new folder, while the service runs or not. */
import { resolve } from 'node:path';
import { backUp } from '../backup/back-up.ts';
import { Complaint, runCommand } from '../command-line.ts';

await runCommand(async () => {
  const [target, ...rest] = process.argv.slice(2);
  if (!target || rest.length > 0) throw new Complaint('Say where to: node backup.js <new folder>');
  const dataDir = resolve(process.env.DATA_DIR || 'data');
  const objects = await backUp(dataDir, resolve(target));
  console.log(`${objects} databases of ${dataDir} are in ${resolve(target)}`);
  return 0;
});
