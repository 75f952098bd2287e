import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Workplace } from './commands.ts';

const place = await Workplace.make();
before(async () => {
  await place.bundle();
  await place.greeted(['--no-build']);
});
after(() => place.leave());

/** The shell blocks of one section of the README, as printed. */
async function blocksOf(heading: string): Promise<string> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block).join('\n');
}

test('the README’s walk runs as printed', async () => {
  const script = await blocksOf('A walk in five minutes');
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: place.folder });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(answers.length, 11);
  for (const answer of answers) assert.equal(answer.code, undefined, JSON.stringify(answer));
  const ended = answers[6];
  assert.deepEqual([ended.status, ended.failed_items, ended.warned_items], ['partial_success', 1, 1]);
  assert.equal(answers[7].jobs[0].job_id, ended.job_id);
  assert.deepEqual(answers[8].items, [{ entity_type: 'row', entity_key: '121' }]);
  assert.equal(answers[10].control.cancel.reason, 'not today');
});

test('the README’s worker in one line of shell runs as printed', async () => {
  const [prelude = ''] = (await blocksOf('A walk in five minutes')).split('\n\n');
  const script = await blocksOf('A worker in one line of shell');
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
