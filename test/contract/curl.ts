/** Runs a printed curl block through the shell. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientEnvironment, requireTool } from './tools.ts';

requireTool('curl', ['--version'], 'curl');

// What the test needs to know beside the body comes from a .curlrc, so that the block stays as printed.
const CURLRC = 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n';

export interface Curled {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  json: any;
}

/** Runs `block` and answers the status and the body. */
export function runCurl(block: string): Curled {
  const home = makeHome();
  try {
    return read(
      execFileSync('sh', ['-c', block], { encoding: 'utf8', env: clientEnvironment({ CURL_HOME: home }) }),
    );
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** The same where this process has to answer somebody meanwhile. */
export async function runCurlBeside(block: string): Promise<Curled> {
  const home = makeHome();
  try {
    const env = clientEnvironment({ CURL_HOME: home });
    return read((await promisify(execFile)('sh', ['-c', block], { encoding: 'utf8', env })).stdout);
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Adds a bearer key to a block that is printed without one. */
export function withKey(block: string, apiKey: string): string {
  return `${block.trimEnd()} \\\n  --header 'Authorization: Bearer ${apiKey}'\n`;
}

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'headway-curl-'));
  writeFileSync(join(home, '.curlrc'), CURLRC);
  return home;
}

function read(output: string): Curled {
  const end = output.lastIndexOf('\n');
  return { status: Number(output.slice(end + 1)), json: JSON.parse(output.slice(0, end)) };
}
