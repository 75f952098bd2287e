import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsOfA, fieldsOfC } from './published.ts';

const FOLDER = new URL('./', import.meta.url);

interface Row {
  section: string;
  clause: string;
  tests: string[];
}

/** The rows of every table in the README, each with the heading it stands under. */
function readRows(): Row[] {
  let section = '';
  return readFileSync(new URL('README.md', FOLDER), 'utf8')
    .split('\n')
    .flatMap((line): Row[] => {
      if (line.startsWith('## ')) section = line.slice(3);
      if (!line.startsWith('| ') || /^\| (-+|Clause, as printed) *\|/.test(line)) return [];
      const [, clause = '', held = '', ...more] = line.split(/(?<!\\)\|/);
      assert.deepEqual(more, [''], line);
      return [{ section, clause, tests: quoted(held) }];
    });
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, inner]) => inner ?? '');
}

/** The names of the tests in the files beside this one. */
function testNames(): string[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.test.ts') && file !== 'clauses.test.ts');
  return files.flatMap((file) => {
    const source = readFileSync(new URL(file, FOLDER), 'utf8');
    return [...source.matchAll(/^\s*test\('([^']+)'/gm)].map(([, name]) => name ?? '');
  });
}

const ROWS = readRows();

test('every clause names tests that exist', () => {
  const existing = new Set(testNames());
  for (const { clause, tests } of ROWS) {
    assert.notEqual(tests.length, 0, `no test holds: ${clause}`);
    for (const name of tests) assert.ok(existing.has(name), `there is no test "${name}"`);
  }
});

test('every test holds a clause, and no two have one name', () => {
  const held = new Set(ROWS.flatMap(({ tests }) => tests));
  const names = testNames();
  assert.ok(names.length > 0);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.ok(held.has(name), `no clause names "${name}"`);
});

test('every field of the published tables has a row', () => {
  const sections: Record<string, string[]> = {
    'Contract a: Create Job': [...namesOfA('create.parameters'), ...namesOfA('create.body')],
    'Contract a: the job in a response': [...namesOfA('create.response'), ...namesOfA('report.response')],
    'Contract a: Report Job Progress': [...namesOfA('report.parameters'), ...namesOfA('report.body')],
    'Contract c: List Jobs, Get Job, Cancel Job': [
      ...namesOfC('Query', 'list.query'),
      ...namesOfC('List', 'list.response'),
      ...namesOfC('Get', 'get.response'),
      ...namesOfC('Cancel', 'cancel.response'),
    ],
  };
  for (const [section, fields] of Object.entries(sections)) {
    const clauses = ROWS.filter((row) => row.section === section).map(({ clause }) => clause);
    for (const field of fields) {
      assert.ok(
        clauses.some((clause) => clause.includes(field)),
        `${section} has no row for ${field}`,
      );
    }
  }
});

function namesOfA(table: string): string[] {
  return fieldsOfA(`a/${table}.txt`).map(({ name }) => `\`${name}\`: `);
}

function namesOfC(group: string, table: string): string[] {
  return fieldsOfC(`c/${table}.txt`).map(({ name }) => `${group} \`${name}\`: `);
}
