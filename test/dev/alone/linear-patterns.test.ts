/** Every pattern in the sources is matched in time that grows with its text and no faster, by a checker of their automata. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';

const SOURCES = fileURLToPath(new URL('../../../src', import.meta.url));

interface Verdict {
  status: string;
  complexity?: { summary: string };
}
/** What is used of the package. */
const { checkSync } = createRequire(import.meta.url)('recheck') as {
  checkSync: (source: string, flags: string, options: { timeout: number }) => Verdict;
};

interface Pattern {
  file: string;
  source: string;
  flags: string;
}

/** The patterns of a module, its literals and those that it makes of constants of its own. */
function patternsOf(file: string, text: string): Pattern[] {
  const found: Pattern[] = [];
  const { program, errors } = parseSync(file, text);
  assert.deepEqual(errors, []);
  const constants = text.match(/^ *const \w+ = String\.raw`[^`]*`;$/gm)?.join('\n') ?? '';
  new Visitor({
    Literal(node) {
      if ('regex' in node) found.push({ file, source: node.regex.pattern, flags: node.regex.flags });
    },
    NewExpression({ callee, start, end }) {
      if (callee.type !== 'Identifier' || callee.name !== 'RegExp') return;
      const { source, flags } = new Function(`${constants}\nreturn ${text.slice(start, end)};`)() as RegExp;
      found.push({ file, source, flags });
    },
  }).visit(program);
  return found;
}

test('every regular expression is linear', async () => {
  const names = (await readdir(SOURCES, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const patterns = await Promise.all(
    names.map(async (name) => patternsOf(name, await readFile(join(SOURCES, name), 'utf8'))),
  );
  const all = new Map(patterns.flat().map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]));
  assert.ok(all.size > 100, `${all.size} patterns`);
  const slow: string[] = [];
  for (const [written, { file, source, flags }] of all) {
    const { status, complexity } = checkSync(source, flags, { timeout: 20_000 });
    if (status !== 'safe') slow.push(`${file} ${written}: ${status}, ${complexity?.summary}`);
  }
  assert.deepEqual(slow, []);
});
