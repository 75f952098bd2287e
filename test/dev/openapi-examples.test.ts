/** The examples of `openapi.json` are what a service answers, and its samples run as they are printed. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Example } from '../../dev/examples/record.ts';
import { readSamples } from '../../dev/examples/samples.ts';
import { PROJECT } from '../../dev/home.ts';
import { recordDay } from '../../dev/openapi-record.ts';
import { Workplace } from './commands.ts';
import { Live } from './live.ts';
import { endedWell, startPython } from './python-program.ts';

const EXAMPLES = join(PROJECT, 'dev', 'examples');
/**
 * A socket is opened by no command line, senders of deliveries have hooks of their own kind asked first, and pages are for
 * browsers.
 */
const PAGES = [
  'home',
  'dashboard',
  'dashboardPage',
  'dashboardFile',
  'docs',
  'guide',
  'reference',
  'docsFile',
  'guides',
];
const WITHOUT = ['watchJob', 'visitHook', 'permitDeliveries', ...PAGES];

/**
 * The contracts of pollers and monitors, lines of text, pictures, files and pages are asked without a client, and so is what goes
 * by a browser's cookie.
 */
const UNASKED =
  /^(?:poll|monitor|line|draw)[A-Z]|^(?:line|health|openapi|getMetrics|signOut|signInByCode|confirmStyle|receiveDelivery|visitHook|permitDeliveries|pythonClient|commandLine|npmPackage|browserClient|jobElement)$/;

interface Operation {
  operationId: string;
  description?: string;
  responses: Record<string, { content?: Record<string, { example?: unknown }> }>;
  'x-codeSamples'?: { lang: string; source: string }[];
}

let live: Live;
let place: Workplace;
let operations: Operation[];
before(async () => {
  [live, place] = await Promise.all([Live.start(), Workplace.make()]);
  const { paths } = JSON.parse(await readFile(join(PROJECT, 'openapi.json'), 'utf8'));
  operations = Object.values<Record<string, Operation>>(paths).flatMap((methods) => Object.values(methods));
});
after(async () => {
  await live?.stop();
  await place?.leave();
});

/** The names and types of all that stands in a value. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

/** What is to be done where the day and the document have come apart. */
const RECORD = 'then run `npm run openapi:record` and commit what it writes';

test('every operation has a description and a sample, and an example where it answers JSON', () => {
  assert.ok(operations.length > 90);
  for (const { operationId, description, responses, 'x-codeSamples': samples = [] } of operations) {
    assert.ok(description, `${operationId} has no description: give its endpoint one`);
    if (WITHOUT.includes(operationId)) continue;
    const missing = `${operationId} has no example: add a step { op: '${operationId}', … } to dev/examples/steps.ts`;
    assert.ok(samples.length > 0, `${missing}, ${RECORD}`);
    const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    const answers = good.flatMap(([, { content = {} }]) => content['application/json'] ?? []);
    // The document is not its own example, and where nothing may be answered nothing was.
    if (answers.length === 0 || operationId === 'openapi' || '204' in responses) continue;
    assert.ok(
      answers.some(({ example }) => example !== undefined),
      `${missing}, ${RECORD}`,
    );
  }
});

test('what the client for TypeScript asks has a sample in TypeScript', () => {
  const none = operations
    .filter(({ 'x-codeSamples': samples = [] }) => !samples.some(({ lang }) => lang === 'TypeScript'))
    .map(({ operationId }) => operationId);
  assert.deepEqual(
    none.filter((id) => !UNASKED.test(id) && !PAGES.includes(id)),
    [],
  );
});

test('a day that is recorded now has the commands, the statuses and the shapes that are printed', async () => {
  const printed: Record<string, Example> = JSON.parse(
    await readFile(join(EXAMPLES, 'recorded.json'), 'utf8'),
  );
  const now = await recordDay();
  assert.deepEqual(
    Object.keys(now).sort(),
    Object.keys(printed).sort(),
    `dev/examples/recorded.json has other operations than dev/examples/steps.ts: ${RECORD}`,
  );
  for (const [id, { answer, ...rest }] of Object.entries(now)) {
    const { answer: shown, ...other } = printed[id] ?? { answer: null };
    const told = (what: string) =>
      `the ${what} of ${id} is not what dev/examples/recorded.json shows: ${RECORD}`;
    assert.deepEqual(rest, other, told('request'));
    assert.deepEqual(shapeOf(answer), shapeOf(shown), told('answer'));
  }
});

test('the samples in Python run as they are printed', async () => {
  const programs = Object.entries((await readSamples()).Python);
  assert.ok(programs.length > 3);
  const JOB_ID = await live.client.createJob();
  await live.client.report(JOB_ID, { mark_completed: true });
  for (const [id, source] of programs) {
    const of = operations.find(({ operationId }) => operationId === id);
    const printed = of?.['x-codeSamples']?.some(
      (sample) => sample.lang === 'Python' && sample.source === source,
    );
    assert.ok(printed, `openapi.json does not show the sample ${id}: run \`npm run openapi\``);
    await endedWell(await startPython(place, live.client, source, { JOB_ID }));
  }
});
