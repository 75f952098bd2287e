/** In a terminal, by `script` of util-linux: bars that end, Ctrl-C, and a command that reads what is typed. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: terminals speak in them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { environment, follow, hurried, live, newest, place, running, TOOL, until } from './tool.ts';

const { client } = live;

/** Starts a line of shell in a terminal of its own; what is written to its stdin is typed. */
function inTerminal(line: string, env: Record<string, string | undefined> = {}) {
  const size = 'stty cols 80 rows 24';
  const child = spawn('script', ['-q', '-e', '-c', `${size}; ${line}`, '/dev/null'], {
    cwd: place.folder,
    env: environment({ LANG: 'C.UTF-8', HEADWAY: `${process.execPath} ${TOOL}`, SHELL: '/bin/bash', ...env }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return { type: (text: string) => child.stdin.write(text), ...follow(child) };
}

/** What a terminal shows in the end of what was written to it: its lines. */
function screenOf(written: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  // What is written at the beginning of a line that stands there stands in its place.
  let fresh = false;
  for (const [token, up] of written.matchAll(
    /\x1b\[(\d+)A|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[?\d;]*[a-zA-Z]|\r|\n|[^\x1b\r\n]+/g,
  )) {
    if (up !== undefined) row = Math.max(row - Number(up), 0);
    else if (token === '\x1b[J') lines.length = row;
    else if (token === '\n') row += 1;
    if (up !== undefined || token === '\r' || token === '\n') fresh = true;
    else if (!token.startsWith('\x1b')) {
      lines[row] = (fresh ? '' : (lines[row] ?? '')) + token;
      fresh = false;
    }
    lines[row] ??= '';
  }
  return lines.map((line) => line.trimEnd());
}

test('watch draws bars that move and end, tells the terminal, and gives it back', async () => {
  const [one, two] = [
    await client.createJob({ name: 'Prices' }),
    await client.createJob({ name: 'Images', total_items: 0 }),
  ];
  const { stdout, ended } = inTerminal(`$HEADWAY watch --exit-status ${one} ${two}`);
  await until(stdout, (text) => text.includes('Prices') && text.includes('Images'));
  await client.report(one, { mark_started: true, processed_items: 4, stage: 'load', message: 'row 4' });
  await client.report(two, { mark_started: true, processed_items: 12 });
  await until(stdout, (text) => text.includes('load · row 4') && text.includes('40%'));
  const middle = screenOf(stdout());
  assert.match(middle.join('\n'), /Prices +━+╸?━* +40% +4\/10/);
  await client.report(two, { mark_completed: true });
  await client.report(one, { mark_failed: 'no disk' });
  const { code, stdout: whole } = await ended;
  assert.equal(code, 1);
  const last = screenOf(whole).filter((line) => line !== '');
  assert.equal(last.length, 2, last.join('\n'));
  assert.match(last[0] ?? '', /^✔ Images [━╸]+ +100% +12 +in 0:\d\d +completed$/);
  assert.match(last[1] ?? '', /^✘ Prices [━╸]+ +40% +4\/10 +in 0:\d\d +failed: no disk$/);
  assert.match(whole, /\x1b\]9;4;1;\d+\x1b\\/);
  assert.match(whole, /\x1b\]9;4;0;0\x1b\\/);
  assert.ok(whole.lastIndexOf('\x1b[?25h') > whole.lastIndexOf('\x1b[?25l'));
  assert.match(whole, /\x1b\[34m/);
});

test('NO_COLOR leaves no colour', async () => {
  const id = await client.createJob();
  await client.report(id, { mark_completed: true });
  const { stdout } = await inTerminal(`$HEADWAY watch ${id}`, { NO_COLOR: '1' }).ended;
  assert.ok(!/\x1b\[[\d;]*m/.test(stdout));
});

test('Ctrl-C in a watch gives the terminal back, and the job goes on', async () => {
  const id = await client.createJob();
  const { type, stdout, ended } = inTerminal(`$HEADWAY watch ${id}; echo "code $?"`);
  await until(stdout, (text) => text.includes('pending'));
  type('\x03');
  const { stdout: whole } = await ended;
  assert.match(whole, /\x1b\[\?25h[\s\S]*code 130/);
  assert.equal((await client.job(id)).status, 'pending');
});

test('Ctrl-C in a run reaches the command once, and cancels its job', async () => {
  const script = `trap 'echo got it; exit 130' INT\necho ready\nwhile :; do sleep 0.05; done\n`;
  await writeFile(place.path('loop.sh'), script);
  const { type, stdout, ended } = inTerminal('$HEADWAY run --type pty-cancel -- sh loop.sh; echo "code $?"');
  await until(stdout, (text) => text.includes('ready'));
  type('\x03');
  const { stdout: whole } = await ended;
  assert.equal(whole.split('got it').length, 2);
  assert.match(whole, /code 130/);
  const job = await newest('pty-cancel');
  assert.deepEqual([job.status, job.cancellation.acknowledged_with], ['cancelled', 'failed']);
});

test('a cancel in the API ends a command in a terminal with all that it has started, and nothing else', async () => {
  await writeFile(
    place.path('tree.sh'),
    `sh -c 'sleep 317.25; :' & (sleep 317.25 &) ; echo ready; wait; sleep 317.25\n`,
  );
  const job_id = await hurried();
  const { stdout, ended } = inTerminal(
    '$HEADWAY run --job $JOB --grace 2s -- sh tree.sh | (cat; echo "reader lives"); echo "code $PIPESTATUS"',
    { JOB: job_id },
  );
  await until(stdout, (text) => text.includes('ready'));
  await client.post(`/api/jobs/${job_id}/cancel`, {});
  const { stdout: whole } = await ended;
  assert.match(whole, /reader lives[\s\S]*code 143/);
  assert.equal(running('sleep 317.25'), 0);
});

test('a cancel in the API leaves alone what a script has left behind before', async () => {
  await writeFile(
    place.path('behind.sh'),
    '(sleep 318.25 &)\nsleep 0.1\n$HEADWAY run --job $JOB -- sh -c "echo ready; sleep 318.5"\necho "code $?"\n',
  );
  const job_id = await hurried();
  const { stdout, ended } = inTerminal('sh behind.sh; pgrep -fc "^sleep 318.25"; pkill -f "^sleep 318.25"', {
    JOB: job_id,
  });
  await until(stdout, (text) => text.includes('ready'));
  await client.post(`/api/jobs/${job_id}/cancel`, {});
  assert.match((await ended).stdout, /code 143\r?\n1\r?\n/);
  assert.equal(running('sleep 318.5'), 0);
});

test('a command reads what is typed, from its input and from the terminal', async () => {
  const script = 'read one; read two </dev/tty; echo "<$one $two>"\n';
  await writeFile(place.path('read.sh'), script);
  const { type, stdout, ended } = inTerminal('$HEADWAY run --type pty-read -- sh read.sh; echo "code $?"');
  await until(
    () => client.get('/api/jobs?job_type=pty-read'),
    ({ json }) => json.jobs.length > 0,
  );
  type('a\n');
  type('b\n');
  const { stdout: whole } = await ended;
  assert.match(whole, /<a b>[\s\S]*code 0/);
  assert.ok(stdout().length > 0);
});
