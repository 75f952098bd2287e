/** The reference: every operation of `openapi.json` on one page, with its scripts and styles in files of their own. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../home.ts';
import { digestOf } from './digest.ts';

const MODULES = join(PROJECT, 'node_modules');
/** What is drawn from one document is drawn once. */
const DRAWN = join(MODULES, '.cache', 'headway-reference');

/** Pictures of the tool’s own, which it would ask another host for. */
const ELSEWHERE = /https:\/\/cdn\.redoc\.ly\/[\w./-]*/g;
/**
 * Its list of operations is no landmark, and the parts of an operation skip a level of headings (WCAG 2.2, 1.3.1): in the page
 * as drawn, and in the script that draws it anew.
 */
const STRUCTURE: [from: RegExp, to: string][] = [
  [/ menu-content">/g, ' menu-content" role="navigation" aria-label="Operations">'],
  [/"data-component-name":`Typography\/H4`,/g, '$&"aria-level":3,'],
  [/\$collapsedSidebar:\w+,\$open:\w+,/g, '$&role:"navigation","aria-label":"Operations",'],
];
/** Its search evaluates text as a program, which the page's policy forbids. A browser's own finds what is on the page. */
const UNSEARCHED = '[data-testid="search-trigger"] { display: none }';
/** In light its names of methods, its links to more and the words of its samples have too little contrast (WCAG 2.2, 1.4.3). */
const LEGIBLE = [
  '.tag-get { --tag-color: #15713f !important }',
  '.tag-put { --tag-color: #8f4a00 !important }',
  '.tag-patch { --tag-color: #7a5c00 !important }',
  '[data-testid="show-more-operations"], .button-variant-link { color: #0b4fb3 !important }',
  ...['string', 'boolean', 'attr-name'].map((kind) => token(kind, '#15713f')),
  ...['function', 'operator', 'class-name'].map((kind) => token(kind, '#8f4a00')),
  ...['keyword', 'attr-value'].map((kind) => token(kind, '#9c1c6b')),
  ...['default', 'property', 'number', 'tag', 'comment'].map((kind) => token(kind, '#4a4f58')),
].map((rule) => `:root:not(.dark) ${rule}`);
/** In dark only its links to more have. */
const LEGIBLE_DARK = ':root.dark .button-variant-link { color: #8ab8ff !important }';
/** Its maker’s name was one of those pictures. */
const NAMED = 'a[href="https://redocly.com/redoc/"] p::after { content: " Redocly" }';

/** The page and what it loads, by their names. Nothing is left inline, so that its policy names no source but the service. */
export async function buildReference(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const put = (text: string, end: string): string => {
    const name = `docs.${digestOf(text)}.${end}`;
    files[name] = text;
    return `/docs/assets/${name}`;
  };
  const page = STRUCTURE.reduce((text, [from, to]) => text.replaceAll(from, to), await drawn())
    .replaceAll(ELSEWHERE, 'data:,')
    .replaceAll(/<script([^>]*)>(.*?)<\/script>/gs, (_, attributes: string, text: string) => {
      return `<script${attributes} src="${put(text, 'js')}"></script>`;
    })
    .replaceAll(/<style[^>]*>(.*?)<\/style>/gs, (_, text: string) => styleAt(put(text, 'css')))
    .replace(
      '</head>',
      () => `${styleAt(put([UNSEARCHED, ...LEGIBLE, LEGIBLE_DARK, NAMED].join('\n'), 'css'))}</head>`,
    );
  return { ...files, 'docs.reference.html': page };
}

/** A rule for the words of one kind in samples. */
function token(kind: string, color: string): string {
  return `* { --code-block-tokens-${kind}-color: ${color} !important }`;
}

function styleAt(path: string): string {
  return `<link rel="stylesheet" href="${path}">`;
}

async function drawn(): Promise<string> {
  const document = join(PROJECT, 'openapi.json');
  const { version } = JSON.parse(await readFile(join(MODULES, '@redocly', 'cli', 'package.json'), 'utf8'));
  const file = join(DRAWN, `${digestOf(version + (await readFile(document, 'utf8')))}.html`);
  const there = await readFile(file, 'utf8').catch(() => null);
  if (there !== null) return there;
  await rm(DRAWN, { recursive: true, force: true });
  await mkdir(DRAWN, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  await promisify(execFile)(
    process.execPath,
    [
      join(MODULES, '@redocly', 'cli', 'bin', 'cli.js'),
      ...['build-docs', document, '--output', fresh, '--inlineBundle'],
    ],
    { cwd: PROJECT, env: { ...process.env, REDOCLY_TELEMETRY: 'off' } },
  );
  await rename(fresh, file).catch(() => null);
  return readFile(file, 'utf8');
}
