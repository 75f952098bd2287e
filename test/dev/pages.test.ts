import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { slugOf } from '../../dev/build/build-docs.ts';
import { Workplace } from './commands.ts';

const ROOT = new URL('../../', import.meta.url);
const place = await Workplace.make();
before(async () => {
  await place.bundle();
  await place.greeted(['--no-build']);
});
after(() => place.leave());

/** The shell blocks of a page, or of one section of it, as printed. */
async function blocksOf(file: string, heading = ''): Promise<string> {
  const page = await readFile(new URL(file, ROOT), 'utf8');
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block).join('\n');
}

async function answersTo(script: string) {
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: place.folder });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const answer of answers) assert.equal(answer.code, undefined, JSON.stringify(answer));
  return answers;
}

test('the README’s four requests run as printed', async () => {
  const answers = await answersTo(await blocksOf('README.md', 'A job in four requests'));
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['in_progress', 'completed', 'completed'],
  );
});

test('the walk runs as printed', async () => {
  const answers = await answersTo(await blocksOf('docs/start.md'));
  assert.equal(answers.length, 11);
  const ended = answers[6];
  assert.deepEqual([ended.status, ended.failed_items, ended.warned_items], ['partial_success', 1, 1]);
  assert.equal(answers[7].jobs[0].job_id, ended.job_id);
  assert.deepEqual(answers[8].items, [{ entity_type: 'row', entity_key: '121' }]);
  assert.equal(answers[10].control.cancel.reason, 'not today');
});

test('the worker in one line of shell runs as printed', async () => {
  const [prelude = ''] = (await blocksOf('docs/start.md')).split('\n\n');
  const script = await blocksOf('docs/line.md', 'A worker in one line of shell');
  await writeFile(place.path('export.sh'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const run = promisify(execFile)('bash', ['-uc', `${prelude}\n${script}`], { cwd: place.folder });
  const [first, second, third, ...pictures] = (await run).stdout.trim().split('\n');
  assert.deepEqual(
    [first, second, third],
    ['in_progress 25% (50 of 200)', 'in_progress 60% (120)', 'failed 60% (exit code 3)'],
  );
  assert.equal(pictures.length, 2);
  for (const picture of pictures) {
    const url = /^!\[export\]\((.*)\)$/.exec(picture)?.[1] ?? '';
    const response = await fetch(url);
    assert.equal(response.headers.get('Content-Type'), 'image/svg+xml; charset=utf-8');
    assert.match(await response.text(), /aria-label="Export: failed, 60%/);
  }
});

test('every link between the pages leads somewhere', async () => {
  const pages = new Map<string, string>();
  for (const name of await readdir(new URL('docs', ROOT)))
    if (name.endsWith('.md')) pages.set(`docs/${name}`, '');
  for (const name of ['README.md', 'SECURITY.md', 'CONTRIBUTING.md']) pages.set(name, '');
  for (const name of pages.keys()) pages.set(name, await readFile(new URL(name, ROOT), 'utf8'));
  for (const [name, text] of pages) {
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?|data|\$HEADWAY_URL)[:/]|^\//.test(link)) continue;
      const [path = '', hash] = link.split('#');
      const target = path === '' ? name : join(dirname(name), path);
      await assert.doesNotReject(access(new URL(target, ROOT)), `${name} links to ${link}`);
      const headings = [...(pages.get(target) ?? '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        slugOf(heading),
      );
      assert.ok(hash === undefined || headings.includes(hash), `${name} links to ${link}`);
    }
  }
});

test('no link of a guide that is served leads to nothing', async () => {
  const { url } = await place.access();
  const listed = await (await fetch(`${url}/llms.txt`)).text();
  const pages = [...listed.matchAll(/\]\((\/docs\/[\w-]+)\.md\)/g)].map(([, path = '']) => path);
  assert.ok(pages.length > 20);
  const known = new Map<string, number>();
  for (const page of pages) {
    const html = await (await fetch(url + page)).text();
    const markdown = await (await fetch(`${url}${page}.md`)).text();
    // What a shell fills in is no link.
    const links = [...html.matchAll(/<a href="([^"]+)"/g), ...markdown.matchAll(/\]\(([^$)\s]+)\)/g)];
    for (const [, link = ''] of links) {
      const { origin, pathname } = new URL(link, url + page);
      if (origin !== url) continue;
      if (!known.has(pathname)) known.set(pathname, (await fetch(url + pathname)).status);
      assert.equal(known.get(pathname), 200, `${page} links to ${link}`);
    }
  }
  for (const file of ['grafana-dashboard.json', 'headway.service', 'nginx.conf'])
    assert.equal(known.get(`/docs/${file}`), 200, file);
});
