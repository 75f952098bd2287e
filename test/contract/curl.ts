/** Runs a printed curl block through the shell. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientEnvironment, requireTool } from './tools.ts';

requireTool('curl', ['--version'], 'curl');

// What the test needs to know beside the body comes from a .curlrc, so that the block stays as printed.
const CURLRC = 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n';

/** Runs `block` and answers the status and the body. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
export function runCurl(block: string): { status: number; json: any } {
  const home = mkdtempSync(join(tmpdir(), 'headway-curl-'));
  try {
    writeFileSync(join(home, '.curlrc'), CURLRC);
    const output = execFileSync('sh', ['-c', block], {
      encoding: 'utf8',
      env: clientEnvironment({ CURL_HOME: home }),
    });
    const end = output.lastIndexOf('\n');
    return { status: Number(output.slice(end + 1)), json: JSON.parse(output.slice(0, end)) };
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Adds a bearer key to a block that is printed without one. */
export function withKey(block: string, apiKey: string): string {
  return `${block.trimEnd()} \\\n  --header 'Authorization: Bearer ${apiKey}'\n`;
}
