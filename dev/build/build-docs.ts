/** The guides of `docs/` as pages of the running service, each as its Markdown too, and one file that lists them for programs. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { PROJECT } from '../home.ts';
import { digestOf } from './digest.ts';

/** The guides in the order in which somebody new reads them; the others follow by name. */
const FIRST = [
  ...[
    'start',
    'scope',
    'report',
    'client',
    'python',
    'cli',
    'line',
    'reading',
    'retries',
    'watch',
    'parents',
  ],
  ...['lists', 'export', 'bulk', 'feed', 'webhooks', 'hooks', 'access'],
  ...['deploy', 'self-host', 'operator', 'metrics', 'cost'],
  ...['fields', 'progress', 'limits', 'words', 'promises'],
];
/** Files that the guides tell to take, as they link to them; each is served beside them. */
const FILES = ['grafana-dashboard.json', '../hosting/headway.service', '../hosting/nginx.conf'];
const ROOM = join(PROJECT, 'src', 'docs');

interface Guide {
  name: string;
  title: string;
  markdown: string;
}

/** The files by their names; `style` is the sheet that the dashboard has too. */
export async function buildDocs(palette: string): Promise<Record<string, string>> {
  const guides = await Promise.all((await guideNames()).map(readGuide));
  const style = palette + (await readFile(join(ROOM, 'style.css'), 'utf8'));
  const styleName = `docs.${digestOf(style)}.css`;
  const page = await readFile(join(ROOM, 'page.html'), 'utf8');
  const pages = guides.flatMap((guide): [string, string][] => [
    [`docs.${guide.name}.html`, fill(page, { guide, guides, styleName })],
    [`docs.${guide.name}.md`, linkedHere(guide.markdown)],
  ]);
  const files = FILES.map(async (file) => [
    `docs.${basename(file)}`,
    await readFile(join(PROJECT, 'docs', file), 'utf8'),
  ]);
  const rest = [[styleName, style], ['llms.txt', listOf(guides)], ...(await Promise.all(files))];
  return Object.fromEntries([...pages, ...rest]);
}

async function guideNames(): Promise<string[]> {
  const names = (await readdir(join(PROJECT, 'docs')))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -3));
  return [...FIRST, ...names.filter((name) => !FIRST.includes(name)).sort()];
}

async function readGuide(name: string): Promise<Guide> {
  const markdown = await readFile(join(PROJECT, 'docs', `${name}.md`), 'utf8');
  return { name, markdown, title: /^# (.+)$/m.exec(markdown)?.[1] ?? name };
}

function fill(
  page: string,
  { guide, guides, styleName }: { guide: Guide; guides: Guide[]; styleName: string },
): string {
  const links = guides.map(({ name, title }) => {
    const here = name === guide.name ? ' aria-current="page"' : '';
    return `<li><a href="/docs/${name}"${here}>${escapeHtml(title)}</a></li>`;
  });
  const parts: Record<string, string> = {
    TITLE: escapeHtml(guide.title),
    STYLE: styleName,
    LINKS: links.join(''),
    SOURCE: `/docs/${guide.name}.md`,
    BODY: forEveryone(renderer().render(guide.markdown)),
  };
  return page.replace(/%([A-Z]+)%/g, (_, name: string) => parts[name] ?? '');
}

/** The Markdown with its links to files that are served beside it, and without those to what is not served. What a shell fills in is no link. */
function linkedHere(markdown: string): string {
  return markdown.replaceAll(/\[([^[\]]+)\]\(([^$()\s]+)\)/g, (link, text: string, href: string) => {
    if (FILES.includes(href)) return `[${text}](${basename(href)})`;
    return servedAt(href) === null ? text : link;
  });
}

/** Headings can be linked to; links between guides lead to their pages, those to files that are not served are plain text. */
function renderer() {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const heading = markdown.renderer.rules.heading_open;
  markdown.renderer.rules.heading_open = (tokens, index, options, env, self) => {
    tokens[index]?.attrSet('id', slugOf(tokens[index + 1]?.content ?? ''));
    return heading?.(tokens, index, options, env, self) ?? self.renderToken(tokens, index, options);
  };
  markdown.core.ruler.push('served', ({ tokens }) => {
    for (const token of tokens) {
      let dropped = false;
      token.children = (token.children ?? []).filter((part) => {
        if (part.type !== 'link_open') return part.type !== 'link_close' || !dropped;
        const href = servedAt(String(part.attrGet('href')));
        dropped = href === null;
        if (href !== null) part.attrSet('href', href);
        return !dropped;
      });
    }
  });
  return markdown;
}

/** Where the service has what a guide links to; null where it has it not. */
function servedAt(href: string): string | null {
  const [, name, hash = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  if (name !== undefined) return `/docs/${name}${hash}`;
  if (FILES.includes(href)) return `/docs/${basename(href)}`;
  return /^(?:[a-z]+:|#|\/)/.test(href) ? href : null;
}

/** What scrolls is reached by keyboard (WCAG 2.2, 2.1.1), and a heading of a column that says nothing is none. Markdown has no HTML of its own. */
function forEveryone(html: string): string {
  return html
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll(/<th( style="[^"]*")?><\/th>/g, '<td$1></td>');
}

/** As code forges name their headings. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** Source: llmstxt.org: a title, a quote that says what it is, lists of links. */
function listOf(guides: Guide[]): string {
  const lines = guides.map(({ name, title }) => `- [${title}](/docs/${name}.md)`);
  return [
    '# Headway',
    '> A job-progress service: workers anywhere create a job and report its progress over plain HTTP; everyone else polls, lists, watches, cancels and reruns it.',
    `## Guides\n\n${lines.join('\n')}`,
    '## Reference\n\n- [OpenAPI 3.1](/openapi.json), and [drawn](/docs/reference)\n- [The Python client, one file](/headway.py)\n',
  ].join('\n\n');
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => names[sign] ?? sign);
}
