/** Lives through the day of `steps.ts` with curl, and keeps of each operation its sample and what was answered. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curlSample, type Operation } from './curl-sample.ts';
import { Printer } from './plain.ts';
import { RECEIVER, STEPS, type Step } from './steps.ts';

/** An operation's example, as the document shows it. */
export interface Example {
  /** The command that asks. */
  curl: string;
  request?: unknown;
  status: number;
  /** The media type of the answer, where it is shown. */
  type?: string;
  answer?: unknown;
}

export interface Day {
  url: string;
  adminToken: string;
  /** Answers deliveries with 2xx. */
  receiver: string;
  /** Where commands run. */
  folder: string;
}

/** The document, as far as it is read here. */
export interface Described {
  paths: Record<string, Record<string, { operationId: string; security: Record<string, unknown>[] }>>;
}

/** Answers that are shown: what is longer, or no text, says nothing in print. */
const LONGEST = 12_000;
/** Of a longer list, as that of the hours of a month, the first two say what the others are. */
const LISTED = 100;
const SHOWN = /^(?:application\/json|text\/plain|text\/event-stream)/;

/** The example of every operation that the day comes to, by its id. */
export async function record(document: Described, day: Day): Promise<Record<string, Example>> {
  const operations = operationsOf(document);
  const printer = new Printer(day.url, day.receiver);
  const variables: Record<string, string> = { HEADWAY_URL: day.url, HEADWAY_ADMIN_TOKEN: day.adminToken };
  const examples: Record<string, Example> = {};
  for (const step of STEPS) {
    const operation = operations.get(step.op);
    if (operation === undefined) throw new Error(`${step.op} is no operation of the document`);
    const curl = curlSample(step, operation);
    const { status, type, text } = await run(step, curl, day, variables);
    if (!(status >= 200 && status < 300)) throw new Error(`${step.op}: ${status} ${text}\n${curl}`);
    const json = type.startsWith('application/json') ? JSON.parse(text) : null;
    const shown = json === null ? printer.text(text) : printer.json(firstOfLong(json));
    for (const [name, path] of Object.entries(step.keep ?? {})) variables[name] = String(at(json, path));
    if (step.beside || examples[step.op] !== undefined) continue;
    const request = step.body ?? step.text;
    const shows =
      SHOWN.test(type) && (typeof shown === 'string' ? shown : JSON.stringify(shown)).length <= LONGEST;
    examples[step.op] = {
      curl,
      ...(request === undefined ? {} : { request }),
      status,
      ...(shows ? { type, answer: shown } : {}),
    };
  }
  return examples;
}

function firstOfLong(value: unknown): unknown {
  if (Array.isArray(value)) return (value.length > LISTED ? value.slice(0, 2) : value).map(firstOfLong);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, firstOfLong(inner)]));
}

function operationsOf({ paths }: Described): Map<string, Operation> {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, security }]) => [
        operationId,
        { method: method.toUpperCase(), path, security },
      ]),
    ),
  );
}

/** Runs the sample as it is printed; what comes back is kept beside it. */
async function run({ op, seconds }: Step, curl: string, day: Day, variables: Record<string, string>) {
  const limit = seconds === undefined ? 30 : seconds;
  const script = `curl() { command curl -sS --max-time ${limit} -D head -o body "$@"; }\n${curl}`;
  const child = spawn('sh', ['-c', script.replaceAll(RECEIVER, day.receiver)], {
    cwd: day.folder,
    env: { PATH: process.env.PATH, NO_PROXY: '*', no_proxy: '*', ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    complaint += said;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0 && !(code === 28 && seconds !== undefined)) throw new Error(`${op}: ${complaint}\n${curl}`);
  const head = await readFile(join(day.folder, 'head'), 'latin1');
  const status = Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]);
  const type = /^content-type: *(.*?)\r?$/im.exec(head)?.[1] ?? '';
  const text = status === 204 ? '' : await readFile(join(day.folder, 'body'), 'utf8');
  return { status, type, text };
}

function at(json: unknown, path: string): unknown {
  return path.split('.').reduce((value, name) => (value as Record<string, unknown> | null)?.[name], json);
}
