import * as z from 'zod';
import { type Endpoint, openEndpoint, type Reply } from '../../http/endpoint';

/** What a page may do: take its one style from here, and post to where it came from. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const STYLE_PATH = '/confirm.css';
const STYLE = `:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; font-weight: 600; margin: 0 0 1rem; }
p { margin: 0 0 1.5rem; opacity: 0.8; overflow-wrap: anywhere; white-space: pre-wrap; }
button {
  font: inherit; font-weight: 600; color: #fff; background: #2458c5; border: 0; border-radius: 0.5rem;
  padding: 0.6rem 1.6rem; cursor: pointer;
}
button:hover { background: #1c4499; }
button:focus-visible { outline: 3px solid #8fb0f5; outline-offset: 2px; }
`;

/** Whether a browser has come to see a page: a link was followed, and nobody has decided anything yet. */
export function isNavigation(headers: Headers): boolean {
  return headers.get('Sec-Fetch-Mode') === 'navigate' || /\btext\/html\b/i.test(headers.get('Accept') ?? '');
}

/** A page with one button, which posts to the page's own address what following the link would have reported. */
export function confirmPage(what: string, text: string): Reply {
  const shown = text === '' ? '' : `<p>${escapeHtml(text)}</p>\n`;
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Headway: ${escapeHtml(what)}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
<h1>${escapeHtml(what)}?</h1>
${shown}<form method="post" enctype="multipart/form-data">
<input type="hidden" name="text" value="${escapeHtml(text)}">
<button type="submit">Yes, report it</button>
</form>
</main>
</body>
</html>
`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': POLICY,
  };
  return { status: 200, body, headers };
}

/** The style of the page: no address of it holds a token. */
export const CONFIRM_ROUTES: readonly Endpoint[] = [
  openEndpoint('open', {
    method: 'GET',
    path: STYLE_PATH,
    id: 'confirmStyle',
    summary: 'The style of the page that asks before a link reports',
    description: 'Its one rule set, so that the page needs no inline style.',
    replies: { 200: { description: 'The style sheet.', schema: z.string(), contentType: 'text/css' } },
    async handle() {
      const headers = {
        'Content-Type': 'text/css; charset=utf-8',
        'Cache-Control': 'public, max-age=3600',
      };
      return { status: 200, body: STYLE, headers };
    },
  }),
];

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
