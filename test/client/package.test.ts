/** The package, installed from the service as its users install it, and what runs and reads it: runtimes and compilers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build, transform } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { ASSETS } from '../../dev/build/build-assets.ts';
import { PACKAGE, packageFiles } from '../../dev/build/client-package.ts';
import { partsOf } from '../../dev/examples/samples.ts';
import { RECEIVER } from '../../dev/examples/steps.ts';
import { PROJECT } from '../../dev/home.ts';
import { spawnWorkerd } from '../../dev/service/process.ts';
import { SOCKET } from '../../dev/service/workerd-config.ts';
import { CHROMIUM } from '../dev/chromium-args.ts';
import { Workplace } from '../dev/commands.ts';
import { SECRETS } from '../dev/live.ts';
import { declarationsIn } from './declarations.ts';
import { FACTS } from './exercise.ts';
import { live } from './service.ts';

/** The oldest Node that the package promises to run on. HEADWAY_NODE names another one to try. */
const OLD_NODE = process.env.HEADWAY_NODE ?? '/usr/bin/node';
const EXERCISE = new URL('exercise.ts', import.meta.url);

let place: Workplace;
let text: string;
before(async () => {
  place = await Workplace.make();
  const [, { code }] = await Promise.all([
    install(),
    transform(await readFile(EXERCISE, 'utf8'), { loader: 'ts', target: 'es2022' }),
  ]);
  text = code;
  const { url, apiKey } = live.client;
  Object.assign(variables, {
    HEADWAY_URL: url,
    HEADWAY_API_KEY: apiKey,
    HEADWAY_ADMIN_TOKEN: SECRETS.ADMIN_TOKEN,
  });
  await writeFile(place.path('exercise.mjs'), text);
  await writeFile(
    place.path('program.mjs'),
    `import * as client from '${PACKAGE}';
import { exercise } from './exercise.mjs';
const { HEADWAY_URL, HEADWAY_API_KEY } = process.env;
console.log(JSON.stringify(await exercise(client, HEADWAY_URL, HEADWAY_API_KEY)));
`,
  );
});
after(() => place?.leave());

const variables: Record<string, string> = { NO_PROXY: '*', no_proxy: '*' };

/** As its users do, but that there is no registry to ask: it needs none. */
async function install(): Promise<void> {
  await writeFile(place.path('package.json'), '{"private": true, "type": "module"}\n');
  const nowhere = ['--registry', 'http://127.0.0.1:9/', '--cache', place.path('cache')];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  await ran('npm', ['install', `${live.client.url}/headway.tgz`, ...nowhere, ...quiet]);
}

/** What a command prints that ends well. */
async function ran(command: string, args: string[]): Promise<string> {
  const running = place.run(command, args, variables);
  assert.equal(await running.ended, 0, `${running.stdout()}${running.stderr()}`);
  return running.stdout();
}

test('npm installs it from the service, whole and nothing else', async () => {
  const { dependencies } = JSON.parse(await place.text('package.json'));
  assert.deepEqual(Object.keys(dependencies), [PACKAGE]);
  for (const [name, content] of Object.entries(await packageFiles())) {
    assert.equal(await place.text('node_modules', ...PACKAGE.split('/'), name), content, name);
  }
  const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  const installed = JSON.parse(await place.text('node_modules', ...PACKAGE.split('/'), 'package.json'));
  assert.deepEqual([installed.version, installed.dependencies], [version, undefined]);
});

for (const [name, node] of Object.entries({ 'this Node': process.execPath, 'Node 20': OLD_NODE })) {
  test(`${name} runs it`, async () => {
    if (node === OLD_NODE) assert.match(await ran(node, ['--version']), /^v20\./, `${node} is no Node 20`);
    assert.deepEqual(JSON.parse(await ran(node, [place.path('program.mjs')])), FACTS);
  });
}

test('the samples in TypeScript run as the document prints them', async () => {
  const receiver = createServer((asked, answer) => void asked.resume().on('end', () => answer.end()));
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  try {
    const { paths } = JSON.parse(await readFile(join(PROJECT, 'openapi.json'), 'utf8'));
    const printed = new Map<string, string>();
    for (const { operationId, 'x-codeSamples': samples = [] } of Object.values<object>(paths).flatMap(
      Object.values,
    )) {
      for (const { lang, source } of samples) if (lang === 'TypeScript') printed.set(operationId, source);
    }
    const folder = join(PROJECT, 'dev', 'examples', 'typescript');
    const { port } = receiver.address() as AddressInfo;
    const names = await readdir(folder);
    for (const name of names) {
      const program = await readFile(join(folder, name), 'utf8');
      for (const [id, part] of Object.entries(partsOf(program))) {
        assert.equal(printed.get(id), part, `${id} in openapi.json: run \`npm run openapi\``);
        printed.delete(id);
      }
      await writeFile(place.path(name), program.replaceAll(RECEIVER, `http://127.0.0.1:${port}/`));
    }
    await Promise.all(names.map((name) => ran(process.execPath, [place.path(name)])));
    assert.deepEqual([...printed.keys()], []);
  } finally {
    receiver.close();
  }
});

test('workerd runs it', async () => {
  const worker = `import * as client from '${PACKAGE}';
import { exercise } from './exercise.mjs';
export default {
  async fetch(request, { URL, KEY }) {
    return Response.json(await exercise(client, URL, KEY));
  },
};
`;
  await writeFile(place.path('worker.mjs'), worker);
  await build({
    ...{ entryPoints: [place.path('worker.mjs')], outfile: place.path('worker.js') },
    ...{ bundle: true, format: 'esm', platform: 'neutral', target: 'es2022', conditions: ['workerd'] },
  });
  await writeFile(place.path('worker.capnp'), WORKER);
  const { url, apiKey } = live.client;
  const workerd = spawnWorkerd(['serve', place.path('worker.capnp')], { URL: url, KEY: apiKey }, 'ignore');
  try {
    const ended = workerd.exited.then(() => Promise.reject(new Error(workerd.complaints())));
    const answer = await Promise.race([
      workerd.port.then((port) => fetch(`http://127.0.0.1:${port}/`)),
      ended,
    ]);
    const told = await answer.text();
    assert.equal(answer.status, 200, `${told} ${workerd.complaints()}`);
    assert.deepEqual(JSON.parse(told), FACTS);
  } finally {
    workerd.child.kill('SIGKILL');
    await workerd.exited;
  }
});

const WORKER = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "URL", fromEnvironment = "URL"), (name = "KEY", fromEnvironment = "KEY")],
    )),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "${SOCKET}", http = (), service = "worker", address = "127.0.0.1:0")],
);
`;

test('chromium runs what the service has for pages', async () => {
  let browser: Browser | null = null;
  try {
    browser = await chromium.launch(CHROMIUM);
    const page = await browser.newPage();
    const { url, apiKey } = live.client;
    await page.goto(`${url}/healthz`);
    const program = `(async () => {
      const { exercise } = await import('data:text/javascript,' + encodeURIComponent(${JSON.stringify(text)}));
      return exercise(await import('/headway.js'), location.origin, ${JSON.stringify(apiKey)});
    })()`;
    assert.deepEqual(await page.evaluate(program), FACTS);
  } finally {
    await browser?.close();
  }
});

const USE = `import { Headway, HeadwayError, type Job, type Operator, type WebhookEvent } from '${PACKAGE}';
import { JobCancelled } from '${PACKAGE}/page';

export async function use(headway: Headway, operator: Operator, event: WebhookEvent): Promise<Job> {
  const job: Job = await headway.get('id');
  const left: number = job.total_items - job.processed_items;
  // @ts-expect-error a counter is a number
  const wrong: string = job.total_items;
  if (event.type === 'job.failed') console.log(event.data.message.length, left, wrong);
  for await (const key of operator.organizations.keys('acme').list()) console.log(key.permissions);
  const result: number = await headway.run({ job_type: 'import', total_items: 1 }, (running) => {
    if (running.signal.reason instanceof JobCancelled) console.log(running.signal.reason.by);
    return 1;
  });
  // @ts-expect-error a new job has a type
  await headway.enqueue({ total_items: result });
  if (job.error_message !== null) throw new HeadwayError('failed', job.error_message);
  return job;
}
`;
/** What its users compile it with. */
const COMPILERS = {
  'Node, node16': { module: 'node16', moduleResolution: 'node16', lib: ['ES2023'], types: ['node'] },
  'a page, bundler': { module: 'esnext', moduleResolution: 'bundler', lib: ['ES2023', 'DOM'], types: [] },
  'a Worker, bundler': {
    ...{ module: 'esnext', moduleResolution: 'bundler', lib: ['ES2023'] },
    types: ['@cloudflare/workers-types'],
  },
};

test('its declarations are read by every kind of compiler, strict and whole', async () => {
  await writeFile(place.path('use.ts'), USE);
  const tsc = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const [name, options] of Object.entries(COMPILERS)) {
    const compilerOptions = {
      ...{ target: 'ES2022', strict: true, noEmit: true, skipLibCheck: false, ...options },
      typeRoots: [join(PROJECT, 'node_modules', '@types'), join(PROJECT, 'node_modules')],
    };
    await writeFile(place.path('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const running = place.run(process.execPath, [tsc, '-p', place.folder]);
    assert.equal(await running.ended, 0, `${name}: ${running.stdout()}`);
  }
});

test('publint and attw find nothing wrong with it', async () => {
  const tool = (name: string) => join(PROJECT, 'node_modules', '.bin', name);
  const archive = join(ASSETS, 'headway.tgz');
  assert.match(await ran(process.execPath, [tool('publint'), archive]), /All good!/);
  await ran(process.execPath, [tool('attw'), archive, '--profile', 'esm-only']);
});

test('its public declarations are those that were agreed on', async () => {
  const agreed = await readFile(new URL('declarations.txt', import.meta.url), 'utf8');
  const again = 'if the change is meant: npm run declarations';
  assert.equal(declarationsIn(await packageFiles()), agreed, again);
});
