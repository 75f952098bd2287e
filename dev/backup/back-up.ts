/** Copies the data folder of a service that runs. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../command-line.ts';
import { ClassCopy } from './class-copy.ts';

/**
 * Who reads comes before whom it reads: an endpoint that is behind the feed sends again, one that is ahead of it would
 * miss something. Classes that are not named come last.
 */
const ORDER = ['headway-WebhookDO', 'headway-OrgIndexDO', 'headway-JobDO'];

/** How often all is gone over: what is written to meanwhile is copied again, each time within a shorter while. */
const PASSES = 10;

/** Copies all of `dataDir` to `target`, which must be new or empty; answers how many databases there were. */
export async function backUp(dataDir: string, target: string): Promise<number> {
  const objects = join(dataDir, 'objects');
  const classes = await readdir(objects).catch((error) => {
    throw new Complaint(`There is no data in ${dataDir}; name its folder in DATA_DIR.`, { cause: error });
  });
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0)
    throw new Complaint(`${target} is not empty; a backup is made anew.`);
  const copies = classes
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => new ClassCopy(join(objects, name), join(target, 'objects', name)));
  for (let pass = 0; pass < PASSES; pass++) {
    let changed = 0;
    for (const copy of copies) changed += await copy.bringUp();
    if (changed === 0) break;
  }
  // What ran without its supervisor has noted none.
  await copyFile(join(dataDir, 'roots.json'), join(target, 'roots.json')).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return copies.reduce((sum, { size }) => sum + size, 0);
}

function rank(name: string): number {
  const place = ORDER.indexOf(name);
  return place === -1 ? ORDER.length : place;
}
