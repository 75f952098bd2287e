/** The dashboard: its page, script and style, the last two under names that change with what is in them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { coloursOf, type Theme, type Tone } from '../../src/domain/base/palette.ts';
import { PROJECT } from '../home.ts';
import { digestOf } from './digest.ts';

const ROOM = join(PROJECT, 'src', 'dashboard');
/** The sheets of its style, one after the other: what comes later overrules. */
const SHEETS = ['page', 'forms', 'frame', 'tables', 'job', 'narrow'];
const TONES: Tone[] = ['active', 'good', 'warning', 'bad', 'quiet'];
/** Text in a tone’s colour on the page’s paper: 4.5 of contrast at least (WCAG 2.2, 1.4.3). */
const TEXTS: Record<Tone, [light: string, dark: string]> = {
  active: ['#0b5cad', '#6ea8ff'],
  good: ['#1a7f37', '#4cc46a'],
  warning: ['#855800', '#e0a32e'],
  bad: ['#b81f27', '#ff7b7b'],
  quiet: ['#59636f', '#9aa5b1'],
};

/** The files by their names. */
export async function buildDashboard(): Promise<Record<string, string>> {
  const [page, script, ...sheets] = await Promise.all([
    readFile(join(ROOM, 'page.html'), 'utf8'),
    bundle(),
    ...SHEETS.map((name) => readFile(join(ROOM, 'style', `${name}.css`), 'utf8')),
  ]);
  const style = await minify(palette() + sheets.join(''));
  const names = { SCRIPT: nameOf(script, 'js'), STYLE: nameOf(style, 'css') };
  return {
    'dashboard.html': page.replace('%SCRIPT%', names.SCRIPT).replace('%STYLE%', names.STYLE),
    [names.SCRIPT]: script,
    [names.STYLE]: style,
  };
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOM, 'main.tsx')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

async function minify(css: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: css, loader: 'css' },
    minify: true,
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** The colours of the pages, the same as those of pictures. */
export function palette(): string {
  const pair = (of: (theme: Theme) => string) => `light-dark(${of('light')}, ${of('dark')})`;
  const tones = TONES.flatMap((tone) => [
    `--${tone}: ${pair((theme) => coloursOf(theme, tone).fill)};`,
    `--${tone}-text: light-dark(${TEXTS[tone].join(', ')});`,
  ]);
  return `:root { --track: ${pair((theme) => coloursOf(theme, 'active').track)}; ${tones.join(' ')} }\n`;
}

function nameOf(text: string, type: 'js' | 'css'): string {
  return `dashboard.${digestOf(text)}.${type}`;
}
