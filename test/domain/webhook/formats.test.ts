import { describe, expect, it } from 'vitest';
import { FORMATS, shape } from '../../../src/domain/webhook/formats/format';

const HOSTILE = [
  ...['<!channel>', '<@U012AB3CD>', '@everyone', '<@&123>', '<#C024BE7LR>', '#general'],
  ...[
    '<https://evil.example|log in>',
    '[log in](https://evil.example)',
    'https://evil.example/x',
    'evil.example',
  ],
  ...[
    '*bold* _it_ ~no~ `code`',
    '**b** __u__ ||spoiler||',
    '> quote',
    '# head',
    '- item',
    ':skull:',
    'a&b &lt;',
  ],
  ...[
    'two\nlines\r\nthree\u2028four',
    '\u202egnirts',
    '\u0000\u001b[31m',
    'me@evil.example',
    'www.evil.example',
  ],
];

function event(type: string, data: Record<string, unknown>): string {
  return JSON.stringify({ id: 'e', type, at: '2026-11-22T14:00:00.000Z', job_id: 'j', revision: 1, data });
}

const done = (fields: Record<string, unknown> = {}) =>
  event('job.completed', {
    ...{
      message: 'Job partial success',
      name: 'Nightly import',
      job_type: 'import',
      status: 'partial_success',
    },
    ...{ total_items: 200, processed_items: 198, failed_items: 2, warned_items: 0, ...fields },
  });

it('the standard format is the event itself, byte for byte, as JSON in UTF-8', () => {
  expect(shape('standard', done())).toEqual({
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: done(),
  });
});

it('Slack is sent a block of plain text beside a bar in the outcome’s colour', () => {
  const { headers, body } = shape('slack', done());
  expect(headers).toEqual({ 'Content-Type': 'application/json; charset=utf-8' });
  const line = 'Nightly import: Job partial success · 198 of 200, 2 failed';
  expect(JSON.parse(body)).toEqual({
    attachments: [
      {
        color: '#946200',
        fallback: line,
        blocks: [{ type: 'section', text: { type: 'plain_text', text: line, emoji: false } }],
      },
    ],
  });
});

it('Discord is sent an embed that may mention nobody', () => {
  expect(JSON.parse(shape('discord', done({ status: 'completed', failed_items: 0 })).body)).toEqual({
    embeds: [{ title: 'Nightly import', description: 'Job partial success · 198 of 200', color: 0x1a7f37 }],
    allowed_mentions: { parse: [] },
  });
});

it('Teams is sent an Adaptive Card whose texts know no Markdown', () => {
  const { type, attachments } = JSON.parse(shape('teams', done({ status: 'failed' })).body);
  expect([type, attachments[0].contentType]).toEqual(['message', 'application/vnd.microsoft.card.adaptive']);
  const [{ style, items }] = attachments[0].content.body;
  expect(style).toBe('attention');
  expect(items).toEqual([
    {
      type: 'RichTextBlock',
      inlines: [
        { type: 'TextRun', text: 'Nightly import: ', weight: 'Bolder' },
        { type: 'TextRun', text: 'Job partial success · 198 of 200, 2 failed', weight: 'Default' },
      ],
    },
  ]);
});

it('ntfy is sent plain text; its headers are ASCII and know no text of a job', () => {
  const { headers, body } = shape(
    'ntfy',
    event('job.failed', { message: 'Job failed: ß', name: 'Größe', status: 'failed' }),
  );
  expect(body).toBe('Größe: Job failed: ß');
  expect(headers).toEqual({
    'Content-Type': 'text/plain; charset=utf-8',
    Title: 'Headway: failed',
    Tags: 'rotating_light',
    Priority: 'high',
  });
});

describe('where more of the job is shown', () => {
  const told = done({ details_url: 'https://runs.example/ü?a=1&b=<c>|d' });
  const link = 'https://runs.example/%C3%BC?a=1&b=%3Cc%3E|d';

  it('is a link in each format, and no part of its address ends it', () => {
    const [{ blocks }] = JSON.parse(shape('slack', told).body).attachments;
    const text = '<https://runs.example/%C3%BC?a=1&amp;b=%3Cc%3E%7Cd|Details>';
    expect(blocks[1]).toEqual({ type: 'context', elements: [{ type: 'mrkdwn', text }] });
    expect(JSON.parse(shape('discord', told).body).embeds[0].url).toBe(link);
    const [container] = JSON.parse(shape('teams', told).body).attachments[0].content.body;
    expect(container.selectAction).toEqual({ type: 'Action.OpenUrl', title: 'Details', url: link });
    expect(shape('ntfy', told).headers.Click).toBe(link);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://me:pw@runs.example/',
    'https://a.example/\nX: y',
    'x',
    null,
  ])('%j is none', (details_url) => {
    for (const format of FORMATS.filter((one) => one !== 'standard')) {
      expect(shape(format, done({ details_url }))).toEqual(shape(format, done()));
    }
  });
});

it.each([
  ['job.created', { status: 'pending' }, '#5d6773'],
  ['job.started', { status: 'in_progress' }, '#0b6bcb'],
  ['job.stalled', { status: 'in_progress' }, '#946200'],
  ['job.failed', { status: 'failed' }, '#c4232c'],
  ['job.cancelled', { status: 'cancelled' }, '#5d6773'],
  ['endpoint.disabled', {}, '#946200'],
  ['endpoint.test', {}, '#0b6bcb'],
])('%s has the colour of its outcome', (type, data, colour) => {
  expect(JSON.parse(shape('slack', event(type, data)).body).attachments[0].color).toBe(colour);
});

describe('no name makes a mention, a link or markup', () => {
  it.each(HOSTILE)('%j', (text) => {
    const told = done({ name: text, message: text });
    const slack = JSON.parse(shape('slack', told).body).attachments[0];
    expect(slack.fallback).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
    const { title, description } = JSON.parse(shape('discord', told).body).embeds[0];
    // Read as Markdown is, nothing but escaped punctuation is left, and the counts of our own.
    for (const shown of [title, description])
      expect(shown.replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[!-/:-@[-`{-~]/);
    const runs = JSON.parse(shape('teams', told).body).attachments[0].content.body[0].items[0].inlines;
    const texts = [
      slack.blocks[0].text.text,
      ...runs.map((run: { text: string }) => run.text),
      shape('ntfy', told).body,
    ];
    for (const shown of texts) {
      expect(shown).not.toMatch(/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(shown).not.toMatch(/:\/\/|@(?!\u200b)|evil\.example|www\.(?!\u200b)/);
    }
    for (const value of Object.values(shape('ntfy', told).headers)) expect(value).toMatch(/^[ -~]+$/);
  });
});

it('the longest texts stay within what each takes', () => {
  const told = done({ name: '🧨'.repeat(200), message: '🧨'.repeat(4_000) });
  expect(new TextEncoder().encode(shape('ntfy', told).body).byteLength).toBeLessThan(4_096);
  const { title, description } = JSON.parse(
    shape('discord', done({ name: '@'.repeat(200), message: '@'.repeat(4_000) })).body,
  ).embeds[0];
  expect([title.length <= 256, description.length <= 4_096]).toEqual([true, true]);
  const [{ text }] = JSON.parse(shape('slack', told).body).attachments[0].blocks;
  expect(text.text.length).toBeLessThanOrEqual(3_000);
});

it.each(FORMATS)('%s makes the same bytes of the same event', (format) => {
  expect(shape(format, done())).toEqual(shape(format, done()));
});
