/** nginx in the foreground, with a configuration of the test's and all its files in the test's folder. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Running, Workplace } from './commands.ts';

const run = promisify(execFile);
const KINDS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Starts nginx with what stands inside `http { }`, in the folder `nginx` of `place`. It need not listen yet. */
export async function startNginx(place: Workplace, http: string): Promise<Running> {
  const folder = place.path('nginx');
  await mkdir(folder, { recursive: true });
  const temporary = KINDS.map((name) => `${name}_temp_path ${place.path('nginx', name)};`).join('\n');
  await writeFile(
    place.path('nginx', 'nginx.conf'),
    `daemon off; master_process off; pid ${place.path('nginx', 'pid')};\nerror_log stderr;\nevents {}\nhttp {\n${temporary}\n${http}}\n`,
  );
  const args = ['-p', folder, '-c', place.path('nginx', 'nginx.conf')];
  await run('nginx', ['-t', ...args]);
  return place.run('nginx', args);
}
