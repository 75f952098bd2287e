import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Workplace } from './commands.ts';

const place = await Workplace.make();
after(() => place.leave());

/** The shell blocks of one section of the README, as printed. */
async function blocksOf(heading: string): Promise<string> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block).join('\n');
}

test('the README’s walk runs as printed', async () => {
  await place.greeted();
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
