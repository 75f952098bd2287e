/** Runs contract b's printed Python poller with nothing but its three constants replaced. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Client } from './client.ts';
import { fill, published } from './published.ts';
import { clientEnvironment, requireTool } from './tools.ts';

requireTool('python3', ['-c', 'import requests'], 'python3 and python3-requests');

/** Polls `jobId` to its end, calls `onLine` with each line as it is printed, and answers all of them. */
export async function runPoller(
  client: Client,
  jobId: string,
  onLine: (line: string) => Promise<unknown>,
): Promise<string[]> {
  const program = fill(published('b/poll_job.py'), {
    'API_KEY = "your_api_key"': `API_KEY = "${client.apiKey}"`,
    'JOB_ID = "job_abc123"': `JOB_ID = "${jobId}"`,
    'BASE_URL = "https://PLATFORM-URL-PLACEHOLDER/v1/api"': `BASE_URL = "${client.url}/v1/api"`,
  });
  const python = spawn('python3', ['-c', program], {
    env: clientEnvironment({ PYTHONUNBUFFERED: '1' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    python.on('error', reject).on('close', resolve);
  });
  let complaint = '';
  python.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: python.stdout })) {
      lines.push(line);
      await onLine(line);
    }
  } catch (error) {
    python.kill();
    throw error;
  }
  const code = await exit;
  if (code === 0) return lines;
  throw new Error(`the poller exited with ${code} after ${JSON.stringify(lines)}\n${complaint}`);
}

/** The value of a Python literal, as printed by the poller. */
export function parsePython(literal: string): unknown {
  const program = 'import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.read())))';
  const python = spawnSync('python3', ['-c', program], { input: literal, encoding: 'utf8' });
  if (python.status !== 0) throw new Error(`not a Python literal: ${literal}\n${python.stderr}`);
  return JSON.parse(python.stdout);
}
