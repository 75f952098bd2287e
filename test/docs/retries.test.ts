/** `docs/retries.md` has a row for every answer that a worker can meet, with the codes that come with it. */
import { expect, it } from 'vitest';
import page from '../../docs/retries.md?raw';
import openapi from '../../openapi.json';
import { PROBLEMS } from '../../src/http/problem';

const ROWS = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));
/** What a worker calls: by its job's id or the token in a path, and creation. */
const WORKERS = ['reportProgress', 'reportBatch', 'heartbeat', 'line', 'createJob', 'rerunJob', 'deleteJob'];

it('every status that a worker’s routes answer has a row', () => {
  const operations = Object.values(openapi.paths).flatMap((methods) => Object.values(methods));
  const theirs = operations.filter(({ operationId }) => WORKERS.includes(operationId));
  expect(theirs.map(({ operationId }) => operationId).sort()).toEqual([...WORKERS].sort());
  const told = ROWS.flatMap(([, statuses = '']) => statuses.match(/\d{3}/g) ?? []);
  for (const status of theirs.flatMap(({ responses }) => Object.keys(responses))) {
    if (status !== '204') expect(told).toContain(status);
  }
  for (const status of ['401', '403', '404', '409', '413', '429']) expect(told).toContain(status);
});

it('every code stands in the row of its status', () => {
  for (const [, statuses = '', codes = ''] of ROWS) {
    for (const [, code = ''] of codes.matchAll(/`([a-z_]+)`/g)) {
      expect(PROBLEMS, code).toHaveProperty(code);
      expect([code, statuses]).toEqual([code, String(PROBLEMS[code as keyof typeof PROBLEMS].status)]);
    }
  }
});
