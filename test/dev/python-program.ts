/** Python programs over `python/headway.py`, as their authors run them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../dev/home.ts';
import type { Client } from '../contract/client.ts';
import type { Running, Workplace } from './commands.ts';

/** Debian's; HEADWAY_PYTHON names another one to try. */
const PYTHON = process.env.HEADWAY_PYTHON ?? '/usr/bin/python3';
let programs = 0;

/** Starts a program that finds `headway`, and the service at `url` under the client's key. */
export async function startPython(
  place: Workplace,
  { url, apiKey }: Pick<Client, 'url' | 'apiKey'>,
  text: string,
  env: Record<string, string> = {},
): Promise<Running> {
  programs += 1;
  const file = place.path(`program-${programs}.py`);
  await writeFile(file, text);
  return place.run(PYTHON, ['-u', file], {
    ...{ PYTHONPATH: join(PROJECT, 'python'), PYTHONDONTWRITEBYTECODE: '1', NO_PROXY: '*', no_proxy: '*' },
    ...{ HEADWAY_URL: url, HEADWAY_API_KEY: apiKey },
    ...env,
  });
}

/** The lines of a program that ends well, and what it told of trouble. */
export async function endedWell(running: Running): Promise<string[]> {
  assert.equal(await running.ended, 0, running.stderr());
  return running.stdout().split('\n').slice(0, -1);
}

/** The word behind `name` in what the program has printed, once it is there. */
export async function printed(running: Running, name: string): Promise<string> {
  const line = new RegExp(`^${name} (\\S+)$`, 'm');
  await running.says(line);
  return line.exec(running.stdout())?.[1] ?? '';
}

/** The messages that were logged, in their order. */
export async function loggedOf(client: Client, id: string): Promise<string[]> {
  const messages: string[] = [];
  for (let cursor = ''; ; ) {
    const { json } = await client.get(`/api/jobs/${id}/logs?limit=100${cursor}`);
    for (const { kind, message } of json.logs) if (kind === 'log') messages.push(message);
    if (json.next_cursor === null) return messages;
    cursor = `&cursor=${encodeURIComponent(json.next_cursor)}`;
  }
}
