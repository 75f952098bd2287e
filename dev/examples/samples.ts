/** Programs that ask what an operation asks, by their language and the operation's id. */
import { readdir, readFile } from 'node:fs/promises';

/** Sources by the operation's id. */
export type Samples = Record<string, string>;

/** The line before a part of a program, with the operations that the part shows. */
const MARK = /^\/\/# (.+)\n/m;

/** All that stand in the folders beside this file. */
export async function readSamples(): Promise<Record<'TypeScript' | 'Python', Samples>> {
  const [programs, Python] = await Promise.all([readFolder('typescript/'), readFolder('python/')]);
  return { TypeScript: Object.assign({}, ...Object.values(programs).map(partsOf)), Python };
}

/** Each part of a program behind what comes before all of them. */
export function partsOf(program: string): Samples {
  const [head = '', ...parts] = program.split(MARK);
  const samples: Samples = {};
  for (let at = 0; at < parts.length; at += 2) {
    const [names = '', part = ''] = parts.slice(at, at + 2);
    for (const name of names.split(', ')) samples[name] = `${head.trim()}\n\n${part.trim()}\n`;
  }
  return samples;
}

/** The files of a folder, by their names without the ending. */
async function readFolder(folder: string): Promise<Record<string, string>> {
  const at = new URL(folder, import.meta.url);
  const sources = (await readdir(at)).sort().map(async (name) => {
    return [name.replace(/\.\w+$/, ''), await readFile(new URL(name, at), 'utf8')];
  });
  return Object.fromEntries(await Promise.all(sources));
}
