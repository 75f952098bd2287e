/** The samples of docs/python.md, as they are printed. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PROJECT } from '../../dev/home.ts';
import { PythonGround } from './python-ground.ts';
import { endedWell } from './python-program.ts';

const ground = await PythonGround.make();
after(() => ground.leave());

const page = await readFile(join(PROJECT, 'docs', 'python.md'), 'utf8');
const samples = [...page.matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(([, sample = '']) => sample);

/** Runs a sample over three rows, each of which is loaded so; answers the job that it made. */
async function ran(sample: string, load: string): Promise<Record<string, unknown>> {
  await endedWell(await ground.start(`rows = ["a", "b", "c"]\ndef load(row):\n    ${load}\n${sample}`));
  const { jobs } = (await ground.live.client.get('/api/jobs/?limit=1')).json;
  return jobs[0];
}

test('each runs, and its job has completed', async () => {
  assert.ok(samples.length >= 5);
  const made = new Set<unknown>();
  for (const sample of samples) {
    const job = await ran(sample, 'return row');
    made.add(job.job_id);
    assert.deepEqual([job.status, job.progress_percentage], ['completed', 100]);
  }
  assert.equal(made.size, samples.length);
});

test('the first counts a row once, whether it fails or not', async () => {
  const job = await ran(samples[0] ?? '', 'if row == "b": raise ValueError("bad row")');
  assert.deepEqual([job.status, job.processed_items, job.failed_items], ['partial_success', 2, 1]);
});
