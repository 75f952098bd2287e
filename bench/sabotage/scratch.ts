/** A copy of the checkout to break: the working tree is never touched. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { PROJECT } from '../../dev/home.ts';
import type { Patch } from './patch.ts';

/** What is made, and made again: modules are linked, the rest is no source. */
const LEFT = ['.git', 'node_modules', 'dist', 'coverage', '.wrangler', '.headway'];

export class Scratch {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Scratch> {
    const folder = await mkdtemp(join(tmpdir(), 'headway-sabotage-'));
    for (const name of await readdir(PROJECT)) {
      if (!LEFT.includes(name)) await cp(join(PROJECT, name), join(folder, name), { recursive: true });
    }
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    return new Scratch(folder);
  }

  /** Applies a patch and answers how to take it back. One that no longer fits, or is no code, throws. */
  async apply({ name, file, find, replace }: Patch): Promise<() => Promise<void>> {
    const path = join(this.folder, file);
    const source = await readFile(path, 'utf8');
    const parts = source.split(find);
    if (parts.length !== 2)
      throw new Error(`${name}: ${file} has the line ${parts.length - 1} times, not once`);
    const broken = parts.join(replace);
    // What does not even parse would turn any suite red and show nothing.
    if (file.endsWith('.py'))
      await promisify(execFile)('/usr/bin/python3', [
        '-c',
        'import ast, sys; ast.parse(sys.argv[1])',
        broken,
      ]);
    else await transform(broken, { loader: 'ts', logLevel: 'silent' });
    await writeFile(path, broken);
    return () => writeFile(path, source);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
