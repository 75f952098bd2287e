/** Reports as PHP, Python, PowerShell and Java write them: by the program itself, else by the bytes that it writes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Workplace } from './commands.ts';
import { Live } from './live.ts';

const run = promisify(execFile);

let live: Live;
let place: Workplace;
before(async () => {
  live = await Live.start();
  place = await Workplace.make();
});
after(async () => {
  await live?.stop();
  await place?.leave();
});

/** Runs a program whose `post(path, body)` or `get(path, …)` is defined by `head`, and answers the JSON that it prints. */
async function program(command: string, name: string, text: string, env: Record<string, string> = {}) {
  await writeFile(place.path(name), text);
  const { url, apiKey } = live.client;
  const { stdout } = await run(command, [place.path(name)], {
    env: { PATH: process.env.PATH, URL: url, KEY: apiKey, ...env },
  });
  return JSON.parse(stdout);
}

const php = (text: string, env?: Record<string, string>) =>
  program(
    'php',
    'report.php',
    String.raw`<?php
function post($path, $body) {
  $headers = "Authorization: Bearer " . getenv('KEY') . "\r\nContent-Type: application/json";
  $http = ['method' => 'POST', 'header' => $headers, 'content' => $body, 'ignore_errors' => true];
  return file_get_contents(getenv('URL') . $path, false, stream_context_create(['http' => $http]));
}
${text}`,
    env,
  );

const python = (text: string, env?: Record<string, string>) =>
  program(
    '/usr/bin/python3',
    'report.py',
    `import json, os, requests
URL, KEY = os.environ["URL"], {"Authorization": "Bearer " + os.environ["KEY"]}
def post(path, body):
    return requests.post(URL + path, data=body, headers=KEY).text
${text}`,
    env,
  );

/** Reports these bytes on a new job; answers the answer and the job as it is then. */
async function reported(bytes: Uint8Array<ArrayBuffer> | string, type = 'application/json') {
  const { client } = live;
  const id = await client.createJob();
  const headers = { Authorization: `Bearer ${client.apiKey}`, 'Content-Type': type };
  const answer = await fetch(`${client.url}/api/jobs/${id}/progress`, {
    method: 'POST',
    headers,
    body: bytes,
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  return { status: answer.status, json: (await answer.json()) as any, job: await client.job(id) };
}

/** The lines of a job that a report logged. */
async function logged(id: string): Promise<{ level: string; message: string; timestamp: string }[]> {
  const { logs } = (await live.client.get(`/api/jobs/${id}/logs?limit=100`)).json;
  return logs.filter(({ kind }: { kind: string }) => kind === 'log');
}

const told = ({ adjusted = [] }: { adjusted?: { path: string; reason: string }[] }) =>
  adjusted.map(({ path, reason }) => `${path} ${reason}`);

test('PHP: json_encode([]) is an empty object wherever one is meant, and 10.0 is 10', async () => {
  const made = await php(`
    echo post('/api/jobs/', json_encode(
      ['job_type' => 'import', 'total_items' => 10.0, 'tags' => [], 'metadata' => []], JSON_PRESERVE_ZERO_FRACTION));`);
  assert.deepEqual([made.status, made.total_items, made.metadata, made.tags], ['pending', 10, {}, []]);
  assert.deepEqual(told(made), ['metadata converted']);
  const error = "['entity_key' => 7, 'error_type' => 'row', 'message' => 'bad', 'details' => []]";
  const answer = await php(
    `echo post('/api/jobs/' . getenv('ID') . '/progress', json_encode(
      ['processed_items' => 3, 'metadata_patch' => [], 'error' => ${error}, 'errors' => [], 'logs' => [], 'result' => []]));`,
    { ID: made.job_id },
  );
  assert.deepEqual([answer.applied, answer.processed_items, answer.result], [true, 3, []]);
  assert.deepEqual(answer.errors[0].details, {});
  assert.deepEqual(told(answer).sort(), [
    'error.details converted',
    'error.entity_key converted',
    'metadata_patch converted',
  ]);
});

test('PHP: what is no UTF-8 comes through as its flags leave it, and an end is never lost for it', async () => {
  const send = (flags: string, end: string) => `
    $report = ['message' => "Gr\\xf6\\xdfe", 'result' => ['share' => NAN], ${end}];
    echo post('/api/jobs/' . getenv('ID') . '/progress', json_encode($report, ${flags} | JSON_PARTIAL_OUTPUT_ON_ERROR));`;
  const substituted = await php(send('JSON_INVALID_UTF8_SUBSTITUTE', "'mark_completed' => true"), {
    ID: await live.client.createJob(),
  });
  assert.deepEqual([substituted.status, substituted.last_message], ['completed', 'Gr\ufffd\ufffde']);
  const partial = await php(send('0', '\'mark_failed\' => "disk \\xf6"'), {
    ID: await live.client.createJob(),
  });
  assert.deepEqual([partial.applied, partial.last_message], [true, null]);
});

test('PHP: a list that array_filter has made an object of never makes an outcome better', async () => {
  const answer = await php(
    `$errors = array_filter([['skip' => 1], ['entity_key' => '7', 'error_type' => 'row', 'message' => 'bad']], fn ($e) => !isset($e['skip']));
     echo post('/api/jobs/' . getenv('ID') . '/progress', json_encode(['errors' => $errors, 'mark_completed' => true]));`,
    { ID: await live.client.createJob() },
  );
  assert.equal(answer.status, 'partial_success');
  assert.equal(answer.errors_total, 1);
});

test('Python: json.dumps writes NaN, halves of surrogates, big integers and no ASCII', async () => {
  const id = await live.client.createJob();
  const answer = await python(
    `
name = os.fsdecode(b"Gr\\xf6\\xdfe")
print(post("/api/jobs/" + os.environ["ID"] + "/progress", json.dumps({
    "processed_items": 3, "message": name, "metadata_patch": {name: 2**64, "share": float("nan")},
    "result": [float("inf"), -float("inf"), 10**30, 1e-7, 0.1 + 0.2], "mark_failed": "\\ud83d"})))`,
    { ID: id },
  );
  assert.deepEqual([answer.status, answer.last_message], ['failed', 'Gr\ufffd\ufffde']);
  assert.equal(answer.error_message, '\ufffd');
  const { url, apiKey } = live.client;
  const shown = await fetch(`${url}/api/jobs/${id}`, { headers: { Authorization: `Bearer ${apiKey}` } });
  const text = await shown.text();
  assert.ok(text.includes(`"result":[null,null,${10n ** 30n},1e-07,0.30000000000000004]`), text);
  assert.ok(text.includes('"Gr\ufffd\ufffde":18446744073709551616,'), text);
});

test('Python: ensure_ascii=False, as UTF-8 and as the Latin-1 that http.client makes of a text', async () => {
  const [id, other] = [await live.client.createJob(), await live.client.createJob()];
  const text = 'json.dumps({"message": "Größe €", "mark_completed": True}, ensure_ascii=False)';
  const whole = await python(
    `print(post("/api/jobs/" + os.environ["ID"] + "/progress", ${text}.encode("utf-8")))`,
    { ID: id },
  );
  assert.deepEqual([whole.status, whole.last_message, whole.adjusted], ['completed', 'Größe €', undefined]);
  const latin = await python(
    `
import http.client, urllib.parse
connection = http.client.HTTPConnection(urllib.parse.urlparse(URL).netloc)
connection.request("POST", "/api/jobs/" + os.environ["ID"] + "/progress", ${text.replace(' €', '')}, KEY)
print(connection.getresponse().read().decode())`,
    { ID: other },
  );
  assert.deepEqual([latin.status, latin.last_message], ['completed', 'Gr\ufffd\ufffde']);
  assert.deepEqual(told(latin), [' repaired']);
});

test('Python: requests with params lists what a list asks for, times with their offset', async () => {
  const { client } = live;
  const ids = [
    await client.createJob({ job_type: 'params' }),
    await client.createJob({ job_type: 'params' }),
  ];
  await client.report(ids[0] ?? '', { mark_started: true });
  const listed = await python(`
from datetime import datetime, timedelta, timezone
zone = timezone(timedelta(hours=2))
params = {"job_type": "params", "status": ["pending", "in_progress"], "category": None, "limit": 100,
          "created_after": (datetime.now(zone) - timedelta(hours=1)).isoformat(),
          "created_before": datetime.now(timezone.utc) + timedelta(hours=1)}
print(requests.get(URL + "/api/jobs/", params=params, headers=KEY).text)`);
  assert.deepEqual(listed.jobs.map(({ job_id }: { job_id: string }) => job_id).sort(), ids.sort());
});

const utf16 = (text: string) => new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);

test('PowerShell: what Out-File, Set-Content and Invoke-RestMethod write is read', async () => {
  const text = '{\r\n    "message":  "Größe €",\r\n    "mark_completed":  true\r\n}\r\n';
  for (const [bytes, type] of [
    [utf16(text), 'application/json'],
    [utf16(text), 'application/x-www-form-urlencoded'],
    [new Uint8Array([0xef, 0xbb, 0xbf, ...Buffer.from(text)]), 'application/json'],
    [
      new Uint8Array(Buffer.from(text.replace('€', '\x80'), 'latin1')),
      'application/json; charset=windows-1252',
    ],
    [new Uint8Array(Buffer.from(text)), 'application/json;charset=utf8'],
  ] as const) {
    const { status, json, job } = await reported(bytes, type);
    assert.deepEqual(
      [status, json.adjusted, job.last_message, job.status],
      [200, undefined, 'Größe €', 'completed'],
      type,
    );
  }
  // Invoke-RestMethod of Windows PowerShell declares nothing and writes Latin-1.
  const latin = await reported(new Uint8Array(Buffer.from(text.replace(' €', ''), 'latin1')));
  assert.deepEqual([latin.job.last_message, latin.job.status], ['Gr\ufffd\ufffde', 'completed']);
  assert.deepEqual(told(latin.json), [' repaired']);
});

test('PowerShell: a file that Out-File has written comes through curl', async () => {
  const id = await live.client.createJob();
  await writeFile(place.path('report.json'), utf16('{\r\n    "message":  "half way"\r\n}\r\n'));
  const { url, apiKey } = live.client;
  const { stdout } = await run('curl', [
    ...['-sS', '--data-binary', `@${place.path('report.json')}`, '-H', `Authorization: Bearer ${apiKey}`],
    `${url}/api/jobs/${id}/progress`,
  ]);
  assert.equal(JSON.parse(stdout).last_message, 'half way');
});

test('PowerShell: what ConvertTo-Json has flattened beyond its depth costs no end, and its dates are read', async () => {
  const error = {
    entity_key: 'a',
    error_type: 'row',
    message: 'bad',
    details: 'System.Collections.Hashtable',
  };
  const refused = await reported(JSON.stringify({ errors: [error] }));
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.json.errors[0].path, 'errors.0.details');
  const ended = await reported(JSON.stringify({ errors: [error], mark_completed: true }));
  assert.deepEqual([ended.status, ended.job.status, ended.job.errors_total], [200, 'partial_success', 1]);
  assert.equal(ended.job.errors[0].message, 'bad');
  assert.deepEqual(
    ended.json.ignored.map(({ path }: { path: string }) => path),
    ['errors.0.details'],
  );
  const timestamp = String.raw`"\/Date(1795773600000)\/"`;
  const logs = await reported(`{"logs":[{"level":"Warning","message":"m","timestamp":${timestamp}}]}`);
  const [line] = await logged(logs.job.job_id);
  assert.deepEqual([line?.timestamp, line?.level], ['2026-11-27T10:00:00.000Z', 'warn']);
});

test('Java: times as java.time, java.sql and Jackson write them, levels as log4j, Logback and java.util.logging', async () => {
  const at = '2026-11-27T10:00:00.000Z';
  const forms: [level: string, timestamp: unknown, nearest: string, instant: string][] = [
    ['INFO', '2026-11-27T10:00:00Z', 'info', at],
    ['WARN', '2026-11-27T10:00:00.123456789Z', 'warn', '2026-11-27T10:00:00.123Z'],
    ['ERROR', '2026-11-27T10:00Z', 'error', at],
    ['FATAL', '2026-11-27T11:00+01:00', 'error', at],
    ['DEBUG', '2026-11-27T11:00+01:00[Europe/Berlin]', 'info', at],
    ['TRACE', '2026-11-27T11:00+01:00[GMT+01:00]', 'info', at],
    ['SEVERE', '2026-11-27T10:00Z[UTC]', 'error', at],
    ['WARNING', '2026-11-27 10:00:00.0', 'warn', at],
    ['CONFIG', '2026-11-27T10:00', 'info', at],
    ['FINE', 1_795_773_600.5, 'info', '2026-11-27T10:00:00.500Z'],
    ['FINER', 1_795_773_600_000, 'info', at],
    ['FINEST', '2026-11-27T10:00:00.000+0000', 'info', at],
  ];
  const logs = forms.map(([level, timestamp], n) => ({ level, timestamp, message: `line ${n}` }));
  const { status, job } = await reported(JSON.stringify({ logs }));
  assert.equal(status, 200);
  const lines = await logged(job.job_id);
  assert.deepEqual(
    lines.map(({ level, timestamp }, n) => [forms[n]?.[0], level, timestamp]),
    forms.map(([level, , nearest, instant]) => [level, nearest, instant]),
  );
});
